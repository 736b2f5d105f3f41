"""The network that EC2's state describes, of network namespaces, veths and nftables rules."""
