//! The objects whose shape differs in an identity, as an account shows them.

pub use super::common::*;
use crate::profile::wire::wire_object;
use serde_json::Number;

/// One entry of `InspirationalPeople`.
pub type InspirationalPerson = Named;

wire_object! {
    /// Where someone lives.
    Country {
        "Code" code: String,
        "Name" name: String,
    }
}

wire_object! {
    /// A Klout score; any number, returned as given.
    KloutScore {
        "KloutId" klout_id: String,
        "Score" score: Number,
    }
}

wire_object! {
    /// What a provider suggests to follow.
    Suggestions {
        "CompaniesToFollow" companies_to_follow: Vec<Named>,
        "IndustriesToFollow" industries_to_follow: Vec<Named>,
        "NewssourceToFollow" newssource_to_follow: Vec<Named>,
        "PeopleToFollow" people_to_follow: Vec<Named>,
    }
}

wire_object! {
    /// One entry of `Positions`: a job held.
    Position {
        "Position" position: String,
        "Summary" summary: String,
        "StartDate" start_date: String,
        "EndDate" end_date: String,
        "IsCurrent" is_current: String,
        "Location" location: String,
        "Company" company: Company,
    }
}

wire_object! {
    /// One entry of `PhoneNumbers`: a number for contact, never one to sign in with.
    PhoneNumber {
        "PhoneType" phone_type: String,
        "PhoneNumber" phone_number: String,
        "Operation" operation: String,
    }
}

wire_object! {
    /// One entry of `Addresses`.
    Address {
        "Type" kind: String,
        "Address1" address1: String,
        "Address2" address2: String,
        "City" city: String,
        "State" state: String,
        "PostalCode" postal_code: String,
        "Region" region: String,
        "Country" country: String,
        "Operation" operation: String,
    }
}

wire_object! {
    /// One entry of `Interests`.
    Interest {
        "InterestedType" kind: String,
        "InterestedName" name: String,
    }
}

wire_object! {
    /// One entry of `Volunteer`.
    Volunteering {
        "Id" id: String,
        "Role" role: String,
        "Organization" organization: String,
        "Cause" cause: String,
    }
}

wire_object! {
    /// One entry of `RecommendationsReceived`.
    Recommendation {
        "Id" id: String,
        "RecommendationType" kind: String,
        "RecommendationText" text: String,
        "Recommender" recommender: String,
    }
}

wire_object! {
    /// One entry of `Languages`.
    Language {
        "Id" id: String,
        "Name" name: String,
        "Proficiency" proficiency: String,
    }
}

wire_object! {
    /// One entry of `Projects`.
    Project {
        "Id" id: String,
        "Name" name: String,
        "Summary" summary: String,
        "StartDate" start_date: String,
        "EndDate" end_date: String,
        "IsCurrent" is_current: String,
    }
}

wire_object! {
    /// One entry of `Family`.
    Relative {
        "Id" id: String,
        "Relationship" relationship: String,
        "Name" name: String,
    }
}

wire_object! {
    /// One entry of `Movies`.
    Movie {
        "Id" id: String,
        "Category" category: String,
        "Name" name: String,
    }
}

wire_object! {
    /// One entry of `JobBookmarks`.
    JobBookmark {
        "IsApplied" is_applied: bool,
        "IsSaved" is_saved: bool,
        "ApplyTimestamp" apply_timestamp: String,
        "SavedTimestamp" saved_timestamp: String,
        "Job" job: Job,
    }
}

wire_object! {
    /// The job of a bookmark.
    Job {
        "Active" active: bool,
        "Id" id: String,
        "DescriptionSnippet" description_snippet: String,
        "PostingTimestamp" posting_timestamp: String,
    }
}

wire_object! {
    /// One entry of `Badges`.
    Badge {
        "BadgeId" badge_id: String,
        "Name" name: String,
        "BadgeMessage" badge_message: String,
        "Description" description: String,
        "ImageUrl" image_url: String,
    }
}

wire_object! {
    /// One entry of `MemberUrlResources`.
    MemberUrl {
        "Url" url: String,
        "UrlName" url_name: String,
    }
}
