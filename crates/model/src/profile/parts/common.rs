//! The objects that look alike in an account and in an identity.

use crate::profile::wire::wire_object;
use indexmap::IndexMap;

/// Texts by name, in the order in which they were given.
pub type TextMap = IndexMap<String, String>;

wire_object! {
    /// A mail address with its type: of `Email` and `UnverifiedEmail`.
    EmailEntry {
        "Type" kind: String,
        "Value" value: String,
    }
}

wire_object! {
    /// Something with an id and a name, which is all of many lists.
    Named {
        "Id" id: String,
        "Name" name: String,
    }
}

wire_object! {
    /// Something with a category: of `Games`, `TelevisionShow` and `Books`.
    Categorised {
        "Id" id: String,
        "Category" category: String,
        "Name" name: String,
        "CreatedDate" created_date: String,
    }
}

wire_object! {
    /// The bounds of an age, in years.
    AgeRange {
        "Min" min: i64,
        "Max" max: i64,
    }
}

wire_object! {
    /// The plan someone has with a provider.
    Subscription {
        "Name" name: String,
        "Space" space: String,
        "PrivateRepos" private_repos: String,
        "Collaborators" collaborators: String,
    }
}

wire_object! {
    /// A provider's own credentials; never stored, so always null on the wire.
    ProviderAccessCredential {
        "AccessToken" access_token: String,
        "TokenSecret" token_secret: String,
    }
}

wire_object! {
    /// The firm of a position.
    Company {
        "Name" name: String,
        "Type" kind: String,
        "Industry" industry: String,
    }
}

wire_object! {
    /// One entry of `Educations`.
    Education {
        "School" school: String,
        "Year" year: String,
        "Type" kind: String,
        "Notes" notes: String,
        "Activities" activities: String,
        "Degree" degree: String,
        "FieldOfStudy" field_of_study: String,
        "StartDate" start_date: String,
        "EndDate" end_date: String,
    }
}

wire_object! {
    /// One entry of `IMAccounts`: a name in a messenger.
    ImAccount {
        "AccountType" account_type: String,
        "AccountName" account_name: String,
    }
}

wire_object! {
    /// One entry of `Awards`.
    Award {
        "Id" id: String,
        "Name" name: String,
        "Issuer" issuer: String,
    }
}

wire_object! {
    /// One entry of `CurrentStatus`.
    Status {
        "Id" id: String,
        "Text" text: String,
        "Source" source: String,
        "CreatedDate" created_date: String,
    }
}

wire_object! {
    /// One entry of `Certifications`.
    Certification {
        "Id" id: String,
        "Name" name: String,
        "Authority" authority: String,
        "Number" number: String,
        "StartDate" start_date: String,
        "EndDate" end_date: String,
    }
}

wire_object! {
    /// One entry of `Courses`.
    Course {
        "Id" id: String,
        "Name" name: String,
        "Number" number: String,
    }
}

wire_object! {
    /// One entry of `MutualFriends`.
    MutualFriend {
        "Id" id: String,
        "Name" name: String,
        "FirstName" first_name: String,
        "LastName" last_name: String,
        "Birthday" birthday: String,
        "Hometown" hometown: String,
        "Link" link: String,
        "Gender" gender: String,
    }
}

wire_object! {
    /// One entry of `Patents`.
    Patent {
        "Id" id: String,
        "Title" title: String,
        "Date" date: String,
    }
}

wire_object! {
    /// One entry of `FavoriteThings`.
    FavoriteThing {
        "Id" id: String,
        "Name" name: String,
        "Type" kind: String,
    }
}

wire_object! {
    /// One entry of `RelatedProfileViews`.
    ProfileView {
        "FirstName" first_name: String,
        "LastName" last_name: String,
        "Id" id: String,
    }
}

wire_object! {
    /// One entry of `PlacesLived`.
    Place {
        "Name" name: String,
        "Operation" operation: String,
        "IsPrimary" is_primary: bool,
    }
}

wire_object! {
    /// One entry of `Publications`.
    Publication {
        "Title" title: String,
        "Publisher" publisher: String,
        "Date" date: String,
        "Id" id: String,
        "Url" url: String,
        "Summary" summary: String,
        "Authors" authors: Vec<Named>,
    }
}
