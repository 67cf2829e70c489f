//! The 116 keys that an account and every identity share.

use super::checks;
use super::members::Broken;
use super::merge::{self, Nulls};
use super::parts::common::{
    AgeRange, Award, Categorised, Certification, Course, Education, EmailEntry, FavoriteThing, ImAccount, MutualFriend,
    Named, Patent, Place, ProfileView, ProviderAccessCredential, Publication, Status, Subscription, TextMap,
};
use super::parts::{account, identity};
use super::wire::{self, wire_object};
use super::writer::{Writer, may_set};
use crate::reason::Reason;
use crate::refusal::Refusal;
use serde_json::{Map, Value};

/// The shared keys in wire order; `$level` holds the objects whose shape differs between account and identity.
macro_rules! shared_keys {
    ($(#[$note:meta])* $name:ident, $level:ident) => {
        wire_object! { $(#[$note])* $name {
            "FirstLogin" first_login: bool,
            "IsProtected" is_protected: bool,
            "Hireable" hireable: bool,
            "FollowersCount" followers_count: i64,
            "FriendsCount" friends_count: i64,
            "TotalStatusesCount" total_statuses_count: i64,
            "NumRecommenders" num_recommenders: i64,
            "TotalPrivateRepository" total_private_repository: i64,
            "PublicGists" public_gists: i64,
            "PrivateGists" private_gists: i64,
            "PinsCount" pins_count: i64,
            "BoardsCount" boards_count: i64,
            "LikesCount" likes_count: i64,
            "SessionLimit" session_limit: i64,
            "ID" id: String,
            "Provider" provider: String,
            "FullName" full_name: String,
            "FirstName" first_name: String,
            "LastName" last_name: String,
            "PhoneId" phone_id: String,
            "Prefix" prefix: String,
            "MiddleName" middle_name: String,
            "Suffix" suffix: String,
            "NickName" nick_name: String,
            "ProfileName" profile_name: String,
            "BirthDate" birth_date: String,
            "Gender" gender: String,
            "Website" website: String,
            "ThumbnailImageUrl" thumbnail_image_url: String,
            "ImageUrl" image_url: String,
            "Favicon" favicon: String,
            "ProfileUrl" profile_url: String,
            "HomeTown" home_town: String,
            "State" state: String,
            "City" city: String,
            "Industry" industry: String,
            "About" about: String,
            "TimeZone" time_zone: String,
            "LocalLanguage" local_language: String,
            "CoverPhoto" cover_photo: String,
            "TagLine" tag_line: String,
            "Language" language: String,
            "Verified" verified: String,
            "UpdatedTime" updated_time: String,
            "IsGeoEnabled" is_geo_enabled: String,
            "Associations" associations: String,
            "Honors" honors: String,
            "HttpsImageUrl" https_image_url: String,
            "MainAddress" main_address: String,
            "Created" created: String,
            "LocalCity" local_city: String,
            "ProfileCity" profile_city: String,
            "LocalCountry" local_country: String,
            "ProfileCountry" profile_country: String,
            "RelationshipStatus" relationship_status: String,
            "Quota" quota: String,
            "Quote" quote: String,
            "Religion" religion: String,
            "Political" political: String,
            "PublicRepository" public_repository: String,
            "RepositoryUrl" repository_url: String,
            "Age" age: String,
            "ProfessionalHeadline" professional_headline: String,
            "LRUserID" lr_user_id: String,
            "Currency" currency: String,
            "StarredUrl" starred_url: String,
            "GistsUrl" gists_url: String,
            "Company" company: String,
            "GravatarImageUrl" gravatar_image_url: String,
            "CreatedDate" created_date: String,
            "ModifiedDate" modified_date: String,
            "ProfileModifiedDate" profile_modified_date: String,
            "LastLoginDate" last_login_date: String,
            "SignupDate" signup_date: String,
            "Country" country: $level::Country,
            "AgeRange" age_range: AgeRange,
            "KloutScore" klout_score: $level::KloutScore,
            "Suggestions" suggestions: $level::Suggestions,
            "Subscription" subscription: Subscription,
            "ProviderAccessCredential" provider_access_credential: ProviderAccessCredential,
            "ProfileImageUrls" profile_image_urls: TextMap,
            "WebProfiles" web_profiles: TextMap,
            "PreviousUids" previous_uids: Vec<String>,
            "InterestedIn" interested_in: Vec<String>,
            "Positions" positions: Vec<$level::Position>,
            "Educations" educations: Vec<Education>,
            "PhoneNumbers" phone_numbers: Vec<$level::PhoneNumber>,
            "IMAccounts" im_accounts: Vec<ImAccount>,
            "Addresses" addresses: Vec<$level::Address>,
            "Interests" interests: Vec<$level::Interest>,
            "Sports" sports: Vec<Named>,
            "InspirationalPeople" inspirational_people: Vec<$level::InspirationalPerson>,
            "Awards" awards: Vec<Award>,
            "Skills" skills: Vec<Named>,
            "CurrentStatus" current_status: Vec<Status>,
            "Certifications" certifications: Vec<Certification>,
            "Courses" courses: Vec<Course>,
            "Volunteer" volunteer: Vec<$level::Volunteering>,
            "RecommendationsReceived" recommendations_received: Vec<$level::Recommendation>,
            "Languages" languages: Vec<$level::Language>,
            "Projects" projects: Vec<$level::Project>,
            "Games" games: Vec<Categorised>,
            "Family" family: Vec<$level::Relative>,
            "TelevisionShow" television_show: Vec<Categorised>,
            "MutualFriends" mutual_friends: Vec<MutualFriend>,
            "Movies" movies: Vec<$level::Movie>,
            "Books" books: Vec<Categorised>,
            "Patents" patents: Vec<Patent>,
            "FavoriteThings" favorite_things: Vec<FavoriteThing>,
            "RelatedProfileViews" related_profile_views: Vec<ProfileView>,
            "PlacesLived" places_lived: Vec<Place>,
            "Publications" publications: Vec<Publication>,
            "JobBookmarks" job_bookmarks: Vec<$level::JobBookmark>,
            "Badges" badges: Vec<$level::Badge>,
            "MemberUrlResources" member_url_resources: Vec<$level::MemberUrl>,
            "Email" email: Vec<EmailEntry>,
        } }
    };
}

shared_keys! {
    /// Who the account's owner says they are.
    Persona, account
}

shared_keys! {
    /// Who a provider says they are: one linked profile.
    Identity, identity
}

/// Keys of a persona that an account keeps in columns and rows, where they can be searched and counted.
const KEPT_ELSEWHERE: &[&str] = &[
    "FirstLogin",
    "PhoneId",
    "CreatedDate",
    "ModifiedDate",
    "ProfileModifiedDate",
    "LastLoginDate",
    "SignupDate",
    "Email",
];

impl Persona {
    /// Reads the body of a registration or of a new account; keys that the writer may not set are ignored.
    ///
    /// Refuses wrong types (1090), dates of birth and genders of no known form (1134), addresses without type (1125) or
    /// with one type twice (1107), phones with a blank type (1213) or one type twice (1124), and more than 256 KB (1134).
    pub fn from_wire(body: &Map<String, Value>, writer: Writer) -> Result<Persona, Refusal> {
        Persona::default().merged(body, writer, Nulls::Keep)
    }

    /// This persona with the changes of a body applied by the rules of [`Nulls`] and of its lists; refuses what
    /// [`Persona::from_wire`] refuses.
    pub fn merged(&self, change: &Map<String, Value>, writer: Writer, nulls: Nulls) -> Result<Persona, Refusal> {
        let mut given = wire::members(change, Persona::KEYS).map_err(|_| Reason::PayloadInvalid)?;
        given.retain(|(key, _)| may_set(writer, key) && !KEPT_ELSEWHERE.contains(key));
        let has = |wanted: &str| given.iter().any(|(key, value)| *key == wanted && !value.is_null());
        let renamed = given.iter().any(|(key, _)| ["FirstName", "LastName"].contains(key)) && !has("FullName");

        let mut next: Persona = merge::merged(self, &given, nulls)?;
        if renamed {
            next.full_name = full_name(next.first_name.as_deref(), next.last_name.as_deref());
        }
        checks::persona(&mut next)?;
        Ok(next)
    }

    /// Reads a stored text back.
    pub fn from_stored(text: &str) -> Result<Persona, Broken> {
        Ok(serde_json::from_str(text)?)
    }

    /// The text to store: what is set, in wire order.
    pub fn to_stored(&self) -> String {
        merge::text(self)
    }
}

impl Identity {
    /// Reads one identity from an import or a provider's answer, twins mirrored; refuses wrong types (1090)
    /// and more than 256 KB (1134).
    ///
    /// A provider's credentials are left out: nothing needs them later.
    pub fn from_wire(body: &Map<String, Value>) -> Result<Identity, Refusal> {
        let mut given = wire::members(body, Identity::KEYS).map_err(|_| Reason::PayloadInvalid)?;
        given.retain(|(key, _)| may_set(Writer::BackEnd, key));
        merge::merged(&Identity::default(), &given, Nulls::Keep)
    }

    /// Reads a stored text back.
    pub fn from_stored(text: &str) -> Result<Identity, Broken> {
        Ok(serde_json::from_str(text)?)
    }

    /// The text to store: what is set, in wire order.
    pub fn to_stored(&self) -> String {
        merge::text(self)
    }
}

/// First and last name, as far as there are any.
fn full_name(first: Option<&str>, last: Option<&str>) -> Option<String> {
    let names: Vec<&str> = [first, last].into_iter().flatten().map(str::trim).filter(|name| !name.is_empty()).collect();
    (!names.is_empty()).then(|| names.join(" "))
}
