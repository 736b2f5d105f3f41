"""
Documents and their versions.

Source: Systems Manager API Reference, CreateDocument, UpdateDocument,
UpdateDocumentDefaultVersion, DescribeDocument, GetDocument, DeleteDocument, ListDocumentVersions.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from localcloud.ec2.api.call import Scope
from localcloud.ssm.content import SCHEMA, Content, read_content
from localcloud.ssm.request import Request, Result, SsmError, invalid

NAME = r"[a-zA-Z0-9_\-.]{3,128}"
NAME_OR_ARN = r"[a-zA-Z0-9_\-.:/]{3,128}"
RESERVED = ("amazon", "amzn", "aws")
PLATFORMS = ["Linux", "MacOS"]
LISTED = 50


@dataclass(frozen=True)
class Version:
    """One version of a document; it never changes."""

    number: int
    text: str
    form: str
    content: Content
    created: float
    name: str

    @property
    def digest(self) -> str:
        """The SHA-256 of the text as it was given."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass
class Document:
    """A document; ``default`` is a number of a version."""

    name: str
    scope: Scope
    tags: dict[str, str]
    versions: list[Version] = field(default_factory=list)
    default: int = 1

    @property
    def latest(self) -> Version:
        """The version with the highest number."""
        return self.versions[-1]

    def version(self, wanted: str) -> Version:
        """
        Return the version that a number, ``$DEFAULT`` or ``$LATEST`` means.

        Raises:
            SsmError: there is none.
        """
        numbers = {"$DEFAULT": self.default, "$LATEST": self.latest.number}
        number = numbers.get(wanted) or (int(wanted) if wanted.isdecimal() else 0)
        for version in self.versions:
            if version.number == number:
                return version
        message = f"Document version {wanted} of {self.name} does not exist."
        raise SsmError("InvalidDocumentVersion", message)


def document_arn(scope: Scope, name: str) -> str:
    """Return a document's ARN; ``name`` may be one."""
    if name.startswith("arn:"):
        return name
    return f"arn:aws:ssm:{scope.region}:{scope.account}:document/{name}"


class Documents:
    """All documents, and the calls about them; one call at a time."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Begin without any; ``clock`` gives the time of what is created."""
        self._clock = clock
        self._all: dict[tuple[Scope, str], Document] = {}
        self.actions: dict[str, Callable[[Request], Result]] = {
            "CreateDocument": self._create,
            "DeleteDocument": self._delete,
            "DescribeDocument": self._describe,
            "GetDocument": self._get,
            "ListDocumentVersions": self._list_versions,
            "UpdateDocument": self._update,
            "UpdateDocumentDefaultVersion": self._set_default,
        }

    def find(self, scope: Scope, name: str) -> Document:
        """
        Return a document by its name or ARN.

        Raises:
            SsmError: the account has none of this name in the Region.
        """
        own = name.removeprefix(document_arn(scope, ""))
        if (scope, own) not in self._all:
            raise SsmError("InvalidDocument", f"Document with name {name} does not exist.")
        return self._all[scope, own]

    def tags(self, scope: Scope, name: str) -> Mapping[str, str]:
        """Return the tags of a document; none if there is no such document."""
        found = self._all.get((scope, name.removeprefix(document_arn(scope, ""))))
        return found.tags if found else {}

    def set_tags(self, scope: Scope, name: str, tags: Mapping[str, str]) -> None:
        """Replace the tags of a document. Raises: SsmError."""
        self.find(scope, name).tags = dict(tags)

    def _create(self, request: Request) -> Result:
        request.taking("Content", "DocumentFormat", "DocumentType", "Name", "Tags", "VersionName")
        name = request.required("Name", NAME)
        if name.lower().startswith(RESERVED):
            raise invalid(f"The name {name} begins with a prefix that is reserved for AWS.")
        if request.data.get("DocumentType", "Command") != "Command":
            raise invalid("The local Systems Manager has documents of type Command alone.")
        if (request.scope, name) in self._all:
            message = f"Document with same name {name} already exists."
            raise SsmError("DocumentAlreadyExists", message)
        tags = {it["Key"]: it["Value"] for it in request.data.get("Tags", ())}
        document = Document(name, request.scope, tags)
        document.versions.append(self._read(request, 1))
        self._all[request.scope, name] = document
        return {"DocumentDescription": _description(document, document.latest)}

    def _update(self, request: Request) -> Result:
        """The default version stays what it was."""
        request.taking("Content", "DocumentFormat", "DocumentVersion", "Name", "VersionName")
        document = self.find(request.scope, request.required("Name", NAME))
        wanted = request.data.get("DocumentVersion", "$LATEST")
        if document.version(wanted) is not document.latest:
            message = f"Only the latest version of {document.name} can be updated, not {wanted}."
            raise SsmError("InvalidDocumentVersion", message)
        version = self._read(request, document.latest.number + 1)
        for other in document.versions:
            if other.digest == version.digest:
                message = f"The content is the same as that of version {other.number}."
                raise SsmError("DuplicateDocumentContent", message)
            if version.name and version.name == other.name:
                message = f"Version {other.number} has the name {other.name}."
                raise SsmError("DuplicateDocumentVersionName", message)
        document.versions.append(version)
        return {"DocumentDescription": _description(document, version)}

    def _read(self, request: Request, number: int) -> Version:
        text, form = request.required("Content"), request.data.get("DocumentFormat", "JSON")
        name = request.data.get("VersionName", "")
        return Version(number, text, form, read_content(text, form), self._clock(), name)

    def _set_default(self, request: Request) -> Result:
        document = self.find(request.scope, request.required("Name", NAME))
        wanted = document.version(request.required("DocumentVersion", "[1-9][0-9]*"))
        document.default = wanted.number
        said = {"Name": document.name, "DefaultVersion": str(wanted.number)}
        return {"Description": said | _named(wanted)}

    def _describe(self, request: Request) -> Result:
        document, version = self._wanted(request)
        return {"Document": _description(document, version)}

    def _get(self, request: Request) -> Result:
        document, version = self._wanted(request, "DocumentFormat")
        if request.data.get("DocumentFormat", version.form) != version.form:
            raise invalid(f"The local Systems Manager has {document.name} in {version.form} alone.")
        return {
            "Name": document.name,
            "DocumentVersion": str(version.number),
            "Status": "Active",
            "Content": version.text,
            "DocumentType": "Command",
            "DocumentFormat": version.form,
            "CreatedDate": version.created,
            **_named(version),
        }

    def _wanted(self, request: Request, *more: str) -> tuple[Document, Version]:
        request.taking("DocumentVersion", "Name", *more)
        document = self.find(request.scope, request.required("Name", NAME_OR_ARN))
        return document, document.version(request.data.get("DocumentVersion", "$DEFAULT"))

    def _list_versions(self, request: Request) -> Result:
        document = self.find(request.scope, request.required("Name", NAME_OR_ARN))
        listed: list[Result] = [
            {
                "Name": document.name,
                "DocumentVersion": str(version.number),
                "CreatedDate": version.created,
                "IsDefaultVersion": version.number == document.default,
                "DocumentFormat": version.form,
                "Status": "Active",
                **_named(version),
            }
            for version in reversed(document.versions)
        ]
        page, rest = request.page(listed, LISTED)
        return {"DocumentVersions": page, **rest}

    def _delete(self, request: Request) -> Result:
        document = self.find(request.taking("Name").scope, request.required("Name", NAME))
        del self._all[request.scope, document.name]
        return {}


def _named(version: Version) -> Result:
    return {"VersionName": version.name} if version.name else {}


def _description(document: Document, version: Version) -> Result:
    parameters: list[dict[str, Any]] = [
        {"Name": it.name, "Type": it.type, "Description": it.description}
        | ({} if it.default is None else {"DefaultValue": str(it.default)})
        for it in version.content.parameters.values()
    ]
    return {
        "Hash": version.digest,
        "HashType": "Sha256",
        "Name": document.name,
        "Owner": document.scope.account,
        "CreatedDate": version.created,
        "Status": "Active",
        "DocumentVersion": str(version.number),
        "Description": version.content.description,
        "Parameters": parameters,
        "PlatformTypes": PLATFORMS,
        "DocumentType": "Command",
        "SchemaVersion": SCHEMA,
        "LatestVersion": str(document.latest.number),
        "DefaultVersion": str(document.default),
        "DocumentFormat": version.form,
        "Tags": [{"Key": key, "Value": value} for key, value in document.tags.items()],
        **_named(version),
    }
