//! Pictures of many records as one job: each record's go into files of its own, whose numbers
//! depend on its place alone.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Instant;

use serde_json::Value;

use crate::account::count::Count;
use crate::account::images::Estimate;
use crate::account::limits::Refusal;
use crate::account::money::Picodollars;
use crate::args;
use crate::cmd::call::Call;
use crate::cmd::image::body;
use crate::cmd::image::delivery::Delivery;
use crate::cmd::image::inputs::{self, Inputs};
use crate::cmd::image::output::{Files, Output};
use crate::cmd::image::plan::Plan;
use crate::cmd::image::reply::Answer;
use crate::cmd::image::{conclude, estimate, is_edited_from_stdin};
use crate::cmd::job;
use crate::cmd::job::kept::Place;
use crate::cmd::job::work::{Exchanged, Sum, Taken, Work, limits};
use crate::cmd::plan::refused;
use crate::cmd::prompt;
use crate::cmd::records::{Content, Record, Records};
use crate::exit::{Exit, failure};
use crate::stdio::Stdio;

pub fn run(
    args: &args::Image,
    call: &Call,
    form: Records,
    stdio: &mut Stdio,
) -> anyhow::Result<Exit> {
    let refuse = |message: &str| Err(failure(Exit::Usage, message));
    if args.show {
        return refuse("--show draws no pictures of many records; leave it out");
    }
    if is_edited_from_stdin(args) {
        return refuse("standard input has the records; give the picture to edit as a file");
    }
    let output = match call.only_looks() {
        true => None,
        false => Some(Output::Files(Files::numbered(args.output.as_deref(), args.force)?)),
    };
    let said = prompt::read(&args.prompt, &args.request.file, true, stdio)?;
    // What every record's has, whatever it asks for.
    let common = body::body(args, call, String::new(), false)?;
    let (choices, format) = (&common.value()["n"], &common.value()["output_format"]);
    let pictures = Pictures {
        args,
        call,
        said,
        inputs: Arc::new(inputs::read(&args.edit, args.mask.as_deref())?),
        output,
        choices: choices.as_u64().unwrap_or(1),
        format: format.as_str().map(str::to_owned),
    };
    job::run(call, form, &pictures, stdio)
}

struct Pictures<'a> {
    args: &'a args::Image,
    call: &'a Call<'a>,
    /// Words and files, before every record.
    said: String,
    inputs: Arc<Inputs>,
    /// None if nothing will be written.
    output: Option<Output>,
    /// How many pictures each record gets.
    choices: u64,
    format: Option<String>,
}

impl Pictures<'_> {
    /// The numbers of a record's pictures.
    fn numbers(&self, record: &Record) -> RangeInclusive<u64> {
        let last = record.index.saturating_mul(self.choices);
        last.saturating_sub(self.choices - 1)..=last
    }
}

impl Work for Pictures<'_> {
    type Plan = Plan;
    type Sum = Total;
    const BETWEEN: &'static str = "\n";

    fn plan(&self, record: &Record, _: Option<u64>) -> anyhow::Result<Plan> {
        let Content::Prompt(text) = &record.content else {
            let message = "a picture takes no \"messages\"; give a \"prompt\"";
            return Err(record.wrong(&failure(Exit::Usage, message)));
        };
        let Self { args, call, .. } = self;
        let body = body::body(args, call, prompt::before(&self.said, text), false)
            .map_err(|error| record.wrong(&error))?;
        let (model, price) = (call.model.clone(), call.price.clone());
        Ok(Plan::new(model, price, &body, Arc::clone(&self.inputs), limits(call)?))
    }

    fn sum(&self) -> anyhow::Result<Total> {
        Ok(Total(Estimate {
            prompt: Count::exact(0),
            pictures: 0,
            each: None,
            source: self.call.price.source,
            worst: Some(Picodollars::ZERO),
        }))
    }

    fn admit(&self, record: &Record, kept: Option<Place>) -> anyhow::Result<()> {
        match (&self.output, kept) {
            (Some(_), Some(place)) if place.index != record.index => {
                let message = format!(
                    "its files have the numbers of record {}, which it was; give the records in \
                     their old order",
                    place.index
                );
                Err(failure(Exit::Usage, message))
            }
            (Some(Output::Files(files)), None) => {
                files.check(self.numbers(record), self.format.as_deref())
            }
            _ => Ok(()),
        }
    }

    fn shown(&self, _: &Record, plan: &Plan) -> Value {
        plan.shown()
    }

    fn estimate(plan: &Plan) -> Value {
        estimate(&plan.estimate)
    }

    /// Files are a list, be it of one.
    fn several(_: &Plan) -> bool {
        true
    }

    fn answer(&self, plan: &Plan) -> Answer {
        Answer::new(false, plan.choices, None)
    }

    fn take(&self, asked: Exchanged<'_, Self>, stdio: &mut Stdio) -> Taken {
        let Exchanged { record, plan, answer, account, ended } = asked;
        let Some(output) = &self.output else { return (Vec::new(), ended.map(|()| Exit::Done)) };
        let (call, first) = (self.call, *self.numbers(record).start());
        let deadline = Instant::now() + call.timeout.saturating_sub(account.elapsed);
        let delivery = Delivery { call, output, first, aside: true, screen: None, deadline };
        let made = std::mem::take(&mut answer.made);
        let (names, delivered) = delivery.all(made, plan, stdio);
        (names, ended.and(delivered).and_then(|()| conclude(plan, answer, account)))
    }
}

struct Total(Estimate);

impl Sum<Plan> for Total {
    fn add(&mut self, plan: &Plan) -> anyhow::Result<()> {
        let (Self(all), one) = (self, &plan.estimate);
        all.prompt = all.prompt.plus(one.prompt);
        all.pictures = all.pictures.saturating_add(one.pictures);
        // The same for all of them.
        (all.each, all.source) = (one.each, one.source);
        all.worst = all.worst.zip(one.worst).map(|(all, one)| all.plus(one));
        Ok(())
    }

    fn merge(&mut self, other: &Self) {
        let (Self(all), Self(more)) = (self, other);
        all.prompt = all.prompt.plus(more.prompt);
        all.pictures = all.pictures.saturating_add(more.pictures);
        (all.each, all.source) = (more.each, more.source);
        all.worst = all.worst.zip(more.worst).map(|(all, more)| all.plus(more));
    }

    fn hold_against(&mut self, limit: Picodollars) -> anyhow::Result<Option<u64>> {
        match self.0.worst.filter(|worst| *worst > limit) {
            Some(worst) => Err(refused(&Refusal::PicturesOverCost { worst, limit })),
            None => Ok(None),
        }
    }

    fn worst(&self) -> Option<Picodollars> {
        self.0.worst
    }

    fn json(&self) -> Value {
        estimate(&self.0)
    }
}

impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
