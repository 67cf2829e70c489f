//! The objects whose shape differs in an account, as an identity shows them.

pub use super::common::*;
use crate::profile::wire::wire_object;

wire_object! {
    /// One entry of `InspirationalPeople`.
    InspirationalPerson {
        "Name" name: String,
        "Id" id: String,
    }
}

wire_object! {
    /// Where someone lives.
    Country {
        "Name" name: String,
        "Code" code: String,
    }
}

wire_object! {
    /// A Klout score; whole numbers only.
    KloutScore {
        "KloutId" klout_id: String,
        "Score" score: i64,
    }
}

wire_object! {
    /// Whom a provider suggests as friends.
    Suggestions {
        "SuggestedFriends" suggested_friends: Vec<String>,
    }
}

wire_object! {
    /// One entry of `Positions`: a job held.
    Position {
        "Position" position: String,
        "Summary" summary: String,
        "StartDate" start_date: String,
        "EndDate" end_date: String,
        "IsCurrent" is_current: bool,
        "Company" company: Company,
        // Wire: the misspelled twin holds the same value.
        "Comapny" comapny: Company,
    }
}

wire_object! {
    /// One entry of `PhoneNumbers`.
    PhoneNumber {
        "PhoneType" phone_type: String,
        "PhoneNumber" phone_number: String,
        "op" operation: String,
    }
}

wire_object! {
    /// One entry of `Addresses`.
    Address {
        "Type" kind: String,
        "AddressType" address_type: String,
        "Address1" address1: String,
        "Address2" address2: String,
        "City" city: String,
        "State" state: String,
        "PostalCode" postal_code: String,
        "Region" region: String,
        "Op" operation: String,
        "Country" country: String,
    }
}

wire_object! {
    /// One entry of `Interests`.
    Interest {
        "InterestType" kind: String,
        "InterestName" name: String,
    }
}

wire_object! {
    /// One entry of `Volunteer`.
    Volunteering {
        "Organization" organization: String,
        "Role" role: String,
        "Cause" cause: String,
        "Id" id: String,
    }
}

wire_object! {
    /// One entry of `RecommendationsReceived`.
    Recommendation {
        "Id" id: String,
        "Recommender" recommender: String,
        "RecommendationText" text: String,
        "RecommendationType" kind: String,
    }
}

wire_object! {
    /// One entry of `Languages`.
    Language {
        "Id" id: String,
        "Name" name: String,
        "Proficiency" proficiency: String,
        "op" operation: String,
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
        "With" with: Vec<Named>,
    }
}

wire_object! {
    /// One entry of `Family`.
    Relative {
        "Id" id: String,
        "Name" name: String,
        "Relationship" relationship: String,
    }
}

wire_object! {
    /// One entry of `Movies`.
    Movie {
        "MovieName" movie_name: String,
        "Genre" genre: String,
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
        // Wire: misspelled, and here without a right twin.
        "Compony" compony: Named,
        "Position" position: JobTitle,
    }
}

wire_object! {
    /// What a bookmarked job is called.
    JobTitle {
        "Title" title: String,
    }
}

wire_object! {
    /// One entry of `Badges`.
    Badge {
        "BadgeId" badge_id: String,
        // Wire: `BageId` and `BageMessage` are misspelled twins with the same values.
        "BageId" bage_id: String,
        "Name" name: String,
        "BadgeMessage" badge_message: String,
        "BageMessage" bage_message: String,
        "Description" description: String,
        "ImageUrl" image_url: String,
    }
}

wire_object! {
    /// One entry of `MemberUrlResources`.
    MemberUrl {
        "UrlName" url_name: String,
        "Url" url: String,
    }
}
