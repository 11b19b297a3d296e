//! `site`: a dataset as static pages.

use super::args::SiteArgs;

use super::global::Global;
use super::output::{self, Bar};
use crate::model::Failure;
use crate::model::view::SiteView;
use crate::session::Session;
use crate::site::{self, SiteQuestion};
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &SiteArgs) -> Result<ExitCode, Failure> {
    output::check::<SiteView>(global)?;
    let options = super::options(global)?;
    let session =
        Session::open(&crate::session::Options { policy_from: args.policy_from.clone(), ..options })?;
    let question = SiteQuestion {
        records: args.records.clone(),
        out: args.out.clone(),
        base_url: args.base_url.clone(),
    };
    let bar = Bar::new(global);
    let view = site::build(&session, &question, &|what, done, all| bar.show(what, done, all))?;
    bar.clear();
    output::answer(global, &view)?;
    Ok(ExitCode::SUCCESS)
}
