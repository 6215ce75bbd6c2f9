//! The same text by several models: a table of counts and prices.

use std::io::{self, Write};

use super::count;
use super::figures::{Figures, Form, Totals};
use super::inputs::Sources;
use super::measure::Measure;
use crate::args;
use crate::cmd::pricing::Pricing;
use crate::exit::{Exit, failure};
use crate::stdio::Stdio;

/// All inputs together, by each model. The largest count is the one that a limit is held against.
pub fn run(
    args: &args::Tokens,
    pricing: &Pricing,
    form: Form,
    stdio: &mut Stdio,
) -> anyhow::Result<(Totals, Sources)> {
    if args.compare.iter().any(|name| name.trim().is_empty()) {
        return Err(failure(Exit::Usage, "--compare: a model without a name; check the commas"));
    }
    let measures: Vec<Measure> = args
        .compare
        .iter()
        .map(|name| Measure::of_model(Some(name), pricing))
        .collect::<anyhow::Result<_>>()?;
    let mut encodings: Vec<_> = measures.iter().map(|measure| measure.encoding).collect();
    encodings.sort_by_key(|encoding| encoding.name());
    encodings.dedup();
    let mut sums = vec![0; encodings.len()];
    let mut sources = Sources::find(&args.files, args.recursive, stdio);
    sources.each(stdio, |_, mut input, _| {
        let counts = count::count(&mut input, &encodings, super::threads(args))?;
        sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        Ok(())
    })?;
    let compared: Vec<_> = measures
        .iter()
        .map(|measure| {
            let place = encodings.iter().position(|encoding| *encoding == measure.encoding);
            let mut figures = Figures::new(measure);
            figures.set_text_tokens(place.map_or(0, |place| sums[place]));
            figures
        })
        .collect();
    print(&compared, form, &mut stdio.out)?;
    let mut totals = Totals::default();
    let largest = compared.iter().max_by_key(|figures| figures.count.tokens);
    if let Some(largest) = largest {
        totals.add(largest);
    }
    Ok((totals, sources))
}

/// A line a model; the numbers line up.
fn print(compared: &[Figures], form: Form, out: &mut impl Write) -> io::Result<()> {
    if form == Form::Json {
        return compared.iter().try_for_each(|figures| figures.print(form, out));
    }
    let head = ["MODEL", "ENCODING", "TOKENS", "COST"].map(String::from);
    let rows = compared.iter().map(|figures| {
        let measure = figures.measure;
        [
            measure.model.name.clone(),
            measure.encoding.name().into(),
            figures.count.to_string(),
            format!("${}", figures.cost()),
        ]
    });
    let rows: Vec<[String; 4]> = [head].into_iter().chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2), width(3)];
    rows.iter().try_for_each(|[model, encoding, tokens, cost]| {
        let [a, b, c, d] = widths;
        writeln!(out, "{model:a$}  {encoding:b$}  {tokens:>c$}  {cost:>d$}")
    })
}
