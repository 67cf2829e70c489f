//! Invitations to organisations.

use doorward_model::reason::Reason;

/// 8169 for an invitation that is gone. No organisation invites anybody, so that every one that is named is.
pub fn require_found(invitation: Option<&str>) -> Result<(), Reason> {
    let named = invitation.is_some_and(|invitation| !invitation.trim().is_empty());
    if named { Err(Reason::InvitationNotFound) } else { Ok(()) }
}
