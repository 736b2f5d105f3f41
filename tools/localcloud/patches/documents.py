"""Systems Manager documents in a stack: a type that ministack does not know."""

import json
from typing import Any
from uuid import uuid4

from localcloud.ec2.api.call import Scope
from localcloud.patches import internals
from localcloud.ssm.engine import SystemsManager
from localcloud.ssm.request import Request, SsmError

KNOWN = {"Content", "DocumentFormat", "DocumentType", "Name", "Tags", "UpdateMethod", "VersionName"}
OF_VERSION = ("Content", "DocumentFormat", "VersionName")
Properties = dict[str, Any]
Provisioned = tuple[str, dict[str, str]]


def install(engine: SystemsManager) -> None:
    """
    Let CloudFormation make, change and delete documents; ``Ref`` is a document's name.

    Source: CloudFormation Template Reference, AWS::SSM::Document.
    """
    documents = _Documents(engine)
    internals.original(internals.PROVISIONERS, "_RESOURCE_HANDLERS")[internals.DOCUMENT] = {
        "create": documents.create,
        "update": documents.update,
        internals.WITH_LOGICAL_ID: True,
        "delete": documents.delete,
    }


class _Documents:
    """The changes of a stack's documents; a refusal is a ValueError, which fails the stack."""

    def __init__(self, engine: SystemsManager) -> None:
        self._engine = engine

    def create(self, logical_id: str, properties: Properties, stack: str) -> Provisioned:
        """With UpdateMethod NewVersion, a document that exists gets a new version."""
        _check(properties)
        name = properties.get("Name") or f"{stack}-{logical_id}-{uuid4().hex[:12]}"
        if properties.get("UpdateMethod") == "NewVersion" and self._exists(name):
            self._add_version(name, properties)
        else:
            asked = {key: properties[key] for key in ("DocumentType", "Tags") if key in properties}
            self._call("CreateDocument", Name=name, **_version(properties), **asked)
        return name, {}

    def update(
        self, name: str, old: Properties, new: Properties, stack: str, logical_id: str
    ) -> Provisioned:
        """Replace the document, or add a version that becomes the default one."""
        _check(new)
        same_content = _version(old) == _version(new)
        replaced = old.get("Name") != new.get("Name")
        if not same_content and new.get("UpdateMethod") != "NewVersion" and not replaced:
            if "Name" in new:
                raise ValueError(
                    "CloudFormation cannot update a stack when a custom-named resource requires "
                    f"replacing. Rename {name} and update the stack again."
                )
            replaced = True
        if replaced:
            made = self.create(logical_id, new, stack)
            self.delete(name, old)
            return made
        if not same_content:
            self._add_version(name, new)
        tags = {it["Key"]: it["Value"] for it in new.get("Tags", ())}
        self._engine.documents.set_tags(_scope(), name, tags)
        return name, {}

    def delete(self, name: str, _properties: Properties) -> None:
        """A document that is gone already is deleted."""
        if self._exists(name):
            self._call("DeleteDocument", Name=name)

    def _exists(self, name: str) -> bool:
        try:
            self._engine.documents.find(_scope(), name)
        except SsmError:
            return False
        return True

    def _add_version(self, name: str, properties: Properties) -> None:
        """A rollback brings back the content of an older version: that is the default then."""
        wanted = _version(properties)
        document = self._engine.documents.find(_scope(), name)
        known = [it.number for it in document.versions if it.text == wanted["Content"]]
        if known:
            number = str(known[0])
        else:
            made = self._call("UpdateDocument", Name=name, DocumentVersion="$LATEST", **wanted)
            number = made["DocumentDescription"]["DocumentVersion"]
        self._call("UpdateDocumentDefaultVersion", Name=name, DocumentVersion=number)

    def _call(self, action: str, **data: Any) -> dict[str, Any]:
        try:
            return self._engine.carry_out(Request(action, data, _scope()))
        except SsmError as refusal:
            raise ValueError(f"{internals.DOCUMENT}: {refusal}") from refusal


def _scope() -> Scope:
    names = ("get_account_id", "get_region")
    return Scope(*(internals.original(internals.RESPONSES, name)() for name in names))


def _check(properties: Properties) -> None:
    """Raises: ValueError, naming the property."""
    if unknown := sorted(properties.keys() - KNOWN):
        raise ValueError(
            f"{internals.DOCUMENT}: the local cloud does not know {', '.join(unknown)}"
        )
    if "Content" not in properties:
        raise ValueError(f"{internals.DOCUMENT}: Content required")
    method = properties.get("UpdateMethod", "Replace")
    if method not in {"Replace", "NewVersion"}:
        raise ValueError(
            f"{internals.DOCUMENT}: UpdateMethod must be Replace or NewVersion, not {method!r}"
        )


def _version(properties: Properties) -> dict[str, str]:
    """Return what makes a version; an object becomes text, which is JSON and so YAML as well."""
    said = {key: properties[key] for key in OF_VERSION if key in properties}
    content = said.get("Content")
    return said | {"Content": content if isinstance(content, str) else json.dumps(content)}
