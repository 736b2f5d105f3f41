"""The identifiers of AWS and ours, each a type of its own, so that none stands for another."""

from typing import NewType

AccountId = NewType("AccountId", str)
AttachmentId = NewType("AttachmentId", str)
InstanceId = NewType("InstanceId", str)
InterfaceId = NewType("InterfaceId", str)
SubnetId = NewType("SubnetId", str)
TargetName = NewType("TargetName", str)
VpcId = NewType("VpcId", str)
Zone = NewType("Zone", str)
ZoneId = NewType("ZoneId", str)
