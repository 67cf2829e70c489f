//! The objects that only an account has.

use crate::profile::wire::wire_object;

wire_object! {
    /// Which privacy policy was accepted, where and when.
    PrivacyPolicy {
        "Version" version: String,
        "AcceptSource" accept_source: String,
        "AcceptDateTime" accept_date_time: String,
    }
}

wire_object! {
    /// What is told about the PIN; the PIN itself lives elsewhere, hashed.
    PinNote {
        "Skipped" skipped: bool,
        "LastPINChangeDate" last_pin_change_date: String,
        "SkippedDate" skipped_date: String,
    }
}

wire_object! {
    /// The consents given.
    ConsentProfile {
        "AcceptedConsentVersions" accepted_consent_versions: Vec<ConsentVersion>,
        "Consents" consents: Vec<Consent>,
    }
}

wire_object! {
    /// The version of the consent form that was accepted at an event.
    ConsentVersion {
        "IsCustom" is_custom: bool,
        "Version" version: i64,
        "Event" event: String,
    }
}

wire_object! {
    /// One option agreed to.
    Consent {
        "ConsentOptionId" consent_option_id: String,
        "AcceptOnDate" accept_on_date: String,
    }
}

wire_object! {
    /// What was answered on the tenant's registration form.
    RegistrationData {
        "Data" data: Vec<RegistrationAnswer>,
    }
}

wire_object! {
    /// One answer, by the data source it was chosen from.
    RegistrationAnswer {
        "DataSource" data_source: String,
        "Value" value: AnswerValue,
    }
}

wire_object! {
    /// The entry of the data source that was chosen.
    AnswerValue {
        "Id" id: String,
    }
}

wire_object! {
    /// The account's id in another system.
    ExternalId {
        "Operation" operation: String,
        "Source" source: String,
        "SourceId" source_id: String,
    }
}

wire_object! {
    /// An organisation the account belongs to.
    Organization {
        "Id" id: String,
        "Name" name: String,
        "LogoURL" logo_url: String,
    }
}

wire_object! {
    /// Whether a passkey was offered and one is enrolled on the device.
    PasskeyLogin {
        "ProgressiveFlag" progressive_flag: bool,
        "LocalEnrollmentFlag" local_enrollment_flag: bool,
        "ProgressiveEnrollmentDate" progressive_enrollment_date: String,
    }
}
