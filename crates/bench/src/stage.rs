//! One database with so many accounts, and everything that is measured on it.

use crate::command_line::Options;
use crate::household::Household;
use crate::http::Connection;
use crate::limit;
use crate::load::{Figures, Load, Tally, measure};
use crate::machine::MachineClock;
use crate::population::{Factor, Population, Role};
use crate::report::{Cell, Fact, Report, Target, Trial, progress};
use crate::scenario::{Limit, Scenario};
use crate::seed::{Mover, Seeded};
use crate::served::{Program, Served};
use crate::statistics::{Spread, number};
use crate::work::{
    Arrive, Login, LoginPin, MfaLogin, Read, Refresh, Register, Reset, Tenant, Tokens, VerifyCode, VerifyPasskey, Work,
};
use anyhow::{Context, Result, bail};
use doorward_flows::app::outside::Clock;
use doorward_store::Store;
use doorward_store::challenges::Purpose;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// More codes for resets than are used up in one measurement.
const MOST_CODES: u64 = 20_000;

/// As many logins that wait take seconds to begin; if they are used up sooner than the time, that is counted.
const MOST_PROOFS: u64 = 40_000;

/// As many codes for signing in take seconds to issue; if they are used up sooner than the time, that is counted.
const MOST_ARRIVALS: u64 = 50_000;

/// A database full of accounts, and how it is to be measured.
pub(crate) struct Stage<'a> {
    options: &'a Options,
    database: &'static str,
    seeded: Seeded,
    /// The other tenants that something is measured on.
    beside: Vec<Seeded>,
    /// What is exchanged over HTTP, and what straight in the database.
    tokens: [Tokens; 2],
    resets: AtomicU64,
    arrivals: AtomicU64,
    logins: AtomicU64,
}

impl<'a> Stage<'a> {
    /// Makes so many accounts in each tenant that is needed.
    pub(crate) async fn new(
        options: &'a Options,
        database: &'static str,
        store: &Store,
        master: [u8; 32],
        accounts: u64,
    ) -> Result<Stage<'a>> {
        let seeded = seed(store, master, Household::Plain, accounts).await?;
        let mut beside = Vec::new();
        for household in [Household::Pins, Household::SecondFactors] {
            if options.scenario.iter().any(|scenario| scenario.household() == household) {
                beside.push(seed(store, master, household, accounts).await?);
            }
        }
        let population = seeded.tenant.population;
        let tokens = [Role::Renewer, Role::RawRenewer].map(|role| Tokens::of(population, role));
        let [resets, arrivals, logins] = [const { AtomicU64::new(0) }; 3];
        Ok(Stage { options, database, seeded, beside, tokens, resets, arrivals, logins })
    }

    /// The tenant of a household.
    fn of(&self, household: Household) -> &Seeded {
        self.beside.iter().find(|seeded| seeded.home.household == household).unwrap_or(&self.seeded)
    }

    /// How the plain tenant is called.
    pub(crate) fn tenant(&self) -> Tenant {
        self.seeded.tenant.clone()
    }

    /// So many people about to move into a tenant of their own.
    pub(crate) async fn mover(&self, accounts: u64) -> Result<Mover> {
        Mover::new(&self.seeded, accounts).await
    }

    /// How long one measurement takes.
    pub(crate) fn length(&self) -> Duration {
        Duration::from_secs(self.options.seconds)
    }

    /// How often each is repeated.
    pub(crate) fn repeat(&self) -> u64 {
        self.options.repeat
    }

    /// A figure of this stage.
    pub(crate) fn fact(&self, what: &str, unit: &'static str, value: Spread, target: Option<Target>) -> Fact {
        Fact::new(self.database, self.seeded.tenant.population.accounts(), what, unit, value, target)
    }

    /// A count of what should not have been.
    pub(crate) fn count(&self, what: &str, count: usize) -> Fact {
        self.fact(what, "", Spread::only(number(count)), Some(Target::AtMost(0.0)))
    }

    /// Notes what the server holds of the machine's memory.
    pub(crate) fn note_memory(
        &self,
        server: &Served,
        when: &str,
        target: Option<Target>,
        report: &mut Report,
    ) -> Result<()> {
        let memory = server.process().memory()?;
        report.add(self.fact(&format!("RSS, {when}"), "MB", Spread::only(memory.resident), target));
        report.add(self.fact(&format!("RSS, {when}, private part"), "MB", Spread::only(memory.private), None));
        Ok(())
    }

    /// Measures a scenario at each number of connections, and the limit beside it.
    pub(crate) async fn measure_grid(
        &self,
        server: &Served,
        scenario: Scenario,
        limit: Limit,
        target: f64,
        report: &mut Report,
    ) -> Result<()> {
        let work = self.work(scenario);
        let bare = match limit {
            Limit::Bare => Some(Served::start(&Program::Bare(answer_length(server, &work).await?)).await?),
            Limit::Hashes(_) | Limit::Refreshes | Limit::Arrivals | Limit::Proofs(_) => None,
        };
        for connections in &self.options.connections {
            progress(format_args!("{}, {connections} connections ..", scenario.name()));
            let mut trials = Vec::new();
            for _ in 0..self.repeat() {
                let limit = self.measure_limit(limit, bare.as_ref(), *connections).await.context(limit.name())?;
                let (figures, tally) = self
                    .measure_scenario(server, scenario, &work, *connections)
                    .await
                    .with_context(|| format!("{} with {connections} connections", scenario.name()))?;
                trials.push(Trial { figures, limit, tally });
            }
            let accounts = self.seeded.tenant.population.accounts();
            report.add_cell(Cell::of(self.database, accounts, scenario, *connections, limit, target, &trials)?);
        }
        Ok(())
    }

    async fn measure_limit(&self, limit: Limit, bare: Option<&Served>, connections: usize) -> Result<Figures> {
        match limit {
            Limit::Hashes(each) => Ok(limit::hashes(self.length()).await?.for_each(each)),
            Limit::Refreshes => limit::refreshes(&self.seeded, &self.tokens[1], connections, self.length()).await,
            Limit::Arrivals => limit::arrivals(&self.seeded, self.arrivals().await?, connections, self.length()).await,
            Limit::Proofs(factor) => {
                let turns = self.begin_logins(factor, MOST_PROOFS).await?;
                limit::proofs(self.of(Household::SecondFactors), factor, turns, connections, self.length()).await
            }
            Limit::Bare => {
                let bare = bare.context("the bare endpoint was not started")?;
                let load =
                    Load { address: bare.address, connections, work: Arc::new(crate::work::Get("/")), pace: None };
                Ok(measure(bare.process(), load, self.length()).await?.0)
            }
        }
    }

    async fn measure_scenario(
        &self,
        server: &Served,
        scenario: Scenario,
        work: &Arc<dyn Work>,
        connections: usize,
    ) -> Result<(Figures, Tally)> {
        let work = match scenario {
            Scenario::ResetByOtp => self.resets().await?,
            Scenario::PasswordlessOtp => Arc::new(Arrive::new(self.tenant(), &self.arrivals().await?)),
            Scenario::MfaLoginSms => {
                let turns = self.begin_logins(Factor::Sms, MOST_CODES).await?;
                Arc::new(MfaLogin::new(self.second_factors(), &turns))
            }
            Scenario::VerifySmsOtp => {
                let turns = self.begin_logins(Factor::Sms, MOST_PROOFS).await?;
                Arc::new(VerifyCode::new(self.second_factors(), &turns))
            }
            Scenario::VerifyPasskey => {
                let turns = self.begin_logins(Factor::Passkey, MOST_PROOFS).await?;
                let signed = self.of(Household::SecondFactors).sign(&turns)?;
                Arc::new(VerifyPasskey::new(self.second_factors(), &turns, signed))
            }
            _ => Arc::clone(work),
        };
        measure(server.process(), Load { address: server.address, connections, work, pace: None }, self.length()).await
    }

    fn work(&self, scenario: Scenario) -> Arc<dyn Work> {
        let tenant = self.tenant();
        match scenario {
            Scenario::LoginPin => Arc::new(LoginPin::new(self.of(Household::Pins).tenant.clone())),
            Scenario::Validate => Arc::new(Read::validate(tenant)),
            Scenario::Profile => Arc::new(Read::profile(tenant)),
            Scenario::Refresh => Arc::new(Refresh::new(tenant, self.tokens[0].clone())),
            Scenario::Register => Arc::new(Register::new(tenant, MachineClock.now())),
            // Codes are issued anew for each measurement.
            Scenario::ResetByOtp => Arc::new(Reset::new(tenant, &(0..0))),
            Scenario::PasswordlessOtp => Arc::new(Arrive::new(tenant, &(0..0))),
            Scenario::MfaLoginSms => Arc::new(MfaLogin::new(self.second_factors(), &(0..0))),
            Scenario::VerifySmsOtp => Arc::new(VerifyCode::new(self.second_factors(), &(0..0))),
            Scenario::VerifyPasskey => Arc::new(VerifyPasskey::new(self.second_factors(), &(0..0), Vec::new())),
            Scenario::Login | Scenario::Import | Scenario::HashStorm | Scenario::Enumeration => {
                Arc::new(Login::new(tenant))
            }
        }
    }

    fn second_factors(&self) -> Tenant {
        self.of(Household::SecondFactors).tenant.clone()
    }

    /// The turns of so many logins that now wait for this factor.
    async fn begin_logins(&self, factor: Factor, count: u64) -> Result<Range<u64>> {
        let first = self.logins.fetch_add(count, Ordering::Relaxed);
        let turns = first..first + count;
        self.of(Household::SecondFactors).begin_logins(factor, &turns).await?;
        Ok(turns)
    }

    async fn resets(&self) -> Result<Arc<dyn Work>> {
        let count = self.seeded.tenant.population.count(Role::Resetter).min(MOST_CODES);
        let first = self.resets.fetch_add(count, Ordering::Relaxed);
        let turns = first..first + count;
        self.seeded.issue_codes(Purpose::ResetPassword, Population::resetter, &turns).await?;
        Ok(Arc::new(Reset::new(self.tenant(), &turns)))
    }

    /// The turns of those who were just issued codes to sign in with.
    async fn arrivals(&self) -> Result<Range<u64>> {
        let count = self.seeded.tenant.population.accounts().min(MOST_ARRIVALS);
        let first = self.arrivals.fetch_add(count, Ordering::Relaxed);
        let turns = first..first + count;
        self.seeded.issue_codes(Purpose::Passwordless, Population::anybody, &turns).await?;
        Ok(turns)
    }
}

/// How long it takes from starting a server to its first good answer.
pub(crate) async fn start_times(program: &Program, repeat: u64) -> Result<Spread> {
    let mut times = Vec::new();
    for _ in 0..repeat {
        let server = Served::start(program).await?;
        times.push(server.started_in.as_secs_f64() * 1000.0);
        server.stop().await?;
    }
    Spread::of(times).context("nothing was started")
}

/// How many bytes the body of a good answer has.
async fn answer_length(server: &Served, work: &Arc<dyn Work>) -> Result<usize> {
    let mut request = Vec::new();
    if !work.request(&mut request) {
        bail!("there is nothing to ask for");
    }
    let mut connection = Connection::open(server.address).await?;
    let answer = connection.exchange(&request).await?;
    if answer.status != work.wanted() {
        bail!("the server answered {}: {}", answer.status, String::from_utf8_lossy(answer.body));
    }
    Ok(answer.body.len())
}

async fn seed(store: &Store, master: [u8; 32], household: Household, accounts: u64) -> Result<Seeded> {
    progress(format_args!("making {accounts} accounts of `{}` ..", household.name()));
    let begun = Instant::now();
    let seeded = Seeded::new(store, master, household, accounts).await?;
    progress(format_args!("  in {:.1} s", begun.elapsed().as_secs_f64()));
    Ok(seeded)
}
