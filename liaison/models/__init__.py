"""What is true of the network. network: who belongs to it; keys: what the host keeps of their keys (all of it public or
sealed); safety: sessions, recovery codes, limits, audit."""

from liaison.models.keys import CertificateRequest, Checkpoint, Cosignature, Leaf, Slot, Vault
from liaison.models.network import Appointment, Authority, Invitation, Officer, Organization, Post
from liaison.models.safety import AuditEntry, LoginSession, RecoveryCode, ThrottleHit

__all__ = [
    "Appointment",
    "AuditEntry",
    "Authority",
    "CertificateRequest",
    "Checkpoint",
    "Cosignature",
    "Invitation",
    "Leaf",
    "LoginSession",
    "Officer",
    "Organization",
    "Post",
    "RecoveryCode",
    "Slot",
    "ThrottleHit",
    "Vault",
]
