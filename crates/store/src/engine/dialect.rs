//! What the two databases do not say alike.

/// Which database stands behind a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// The database inside the program: one file, one machine.
    Sqlite,
    /// A server that several processes share.
    Postgres,
}

impl Engine {
    /// The text for this database, where one text cannot serve both: row locks, the catalogue of tables.
    pub fn choose(self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match self {
            Engine::Sqlite => sqlite,
            Engine::Postgres => postgres,
        }
    }

    /// Lets one process migrate at a time; on SQLite the writing transaction does. A table in use is not waited for
    /// as long as it takes: whoever waits for its lock stands in the way of everybody behind.
    pub(crate) fn lock_migrations(self) -> &'static str {
        self.choose("", "SELECT pg_advisory_xact_lock(7305808869229538404); SET LOCAL lock_timeout = '10s'")
    }

    /// Counts the tables that are named `$1`.
    pub(crate) fn tables_named(self) -> &'static str {
        self.choose(
            "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $1",
            "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = $1",
        )
    }
}
