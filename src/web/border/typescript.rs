//! Writes `pkg/src/core/border.ts` from the tables.

use std::fmt::Write;
use std::path::Path;

use super::aliases::ALIASES;
use super::values::{LOCAL_HOLD, READY_TO_REOFFER, RECOVERING, REMOTE_HOLD};
use super::{AgentCommand, CallCommand, Fault, Making, MediaCommand, Row, Setting, SubscriptionCommand, Told, Tool};
use crate::cause::Cause;
use crate::event::MediaFault;
use crate::message::PHRASES;

#[test]
fn the_typescript_is_current() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("pkg/src/core/border.ts");
    let wanted = typescript();
    if std::fs::read_to_string(&file).is_ok_and(|found| found == wanted) {
        return;
    }
    std::fs::write(&file, wanted).expect("pkg/src/core is there");
    panic!("pkg/src/core/border.ts was not what src/web/border.rs says: it has been written anew, commit it");
}

fn typescript() -> String {
    let mut out = String::from(
        "// Written by `cargo test` from src/web/border.rs: change that file, not this one.\n\
         import type { Diagnosis, Feature } from '../diagnosis.js';\n\n",
    );
    for alias in ALIASES {
        push(&mut out, &format!("/** {} */\nexport type {} = {};\n\n", alias.doc, alias.name, alias.definition));
    }
    told(&mut out);
    for rows in
        [Making::ROWS, AgentCommand::ROWS, CallCommand::ROWS, MediaCommand::ROWS, SubscriptionCommand::ROWS, Tool::ROWS]
    {
        asked(&mut out, rows);
    }
    settings(&mut out);
    words(&mut out);
    out
}

fn push(out: &mut String, text: &str) {
    out.push_str(text);
}

fn comment(out: &mut String, row: &Row) {
    if !row.doc.is_empty() {
        let _ = writeln!(out, "  /** {} */", row.doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" "));
    }
}

fn fields(row: &Row) -> Vec<String> {
    row.fields.iter().map(|(name, kind)| format!("{name}: {kind}")).collect()
}

/// The numbers of what is told, a union of tuples for each group, and the verdicts of the hooks.
fn told(out: &mut String) {
    push(out, "/** What the core tells. */\nexport const enum Kind {\n");
    for row in Told::ROWS {
        comment(out, row);
        let _ = writeln!(out, "  {},", row.name);
    }
    push(out, "}\n\n");
    let mut groups: Vec<&str> = Told::ROWS.iter().map(|row| row.group).collect();
    groups.dedup();
    for group in &groups {
        let _ = writeln!(out, "export type {} =", group_name(group));
        for row in Told::ROWS.iter().filter(|row| row.group == *group) {
            let mut parts = vec![format!("kind: Kind.{}", row.name)];
            parts.extend(fields(row));
            let _ = writeln!(out, "  | [{}]", parts.join(", "));
        }
        out.pop();
        push(out, ";\n\n");
    }
    let names: Vec<String> = groups.iter().map(|group| group_name(group)).collect();
    let _ = writeln!(out, "/** Whatever is told. */\nexport type Told = {};\n", names.join(" | "));
    push(out, "/** What the listeners of a hook decide. */\nexport interface Verdicts {\n");
    for (row, verdict) in Told::ROWS.iter().filter_map(|row| Some((row, row.answer?))) {
        let _ = writeln!(out, "  [Kind.{}]: {verdict};", row.name);
    }
    push(out, "}\nexport type Verdict = Verdicts[keyof Verdicts] | undefined;\n\n");
}

fn group_name(group: &str) -> String {
    let (first, rest) = group.split_at(1);
    format!("{}{rest}Told", first.to_ascii_uppercase())
}

fn asked(out: &mut String, rows: &[Row]) {
    let name = rows.first().map_or("", |row| row.group);
    let _ = writeln!(out, "export const enum {name} {{");
    for row in rows {
        comment(out, row);
        let _ = writeln!(out, "  {},", row.name);
    }
    let _ = writeln!(out, "}}\n\n/** Arguments and answer of each. */\nexport interface {name}s {{");
    for row in rows {
        let answer = row.answer.unwrap_or("void");
        let arguments = fields(row).join(", ");
        let _ = writeln!(out, "  [{name}.{}]: {{ arguments: [{arguments}]; answer: {answer} }};", row.name);
    }
    push(out, "}\n\n");
}

fn settings(out: &mut String) {
    let keys: Vec<String> = Setting::KEYS.iter().map(|key| format!("'{key}'")).collect();
    let _ = writeln!(out, "/** What may change while an agent runs, in the order of its numbers. */");
    let _ = writeln!(out, "export const SETTINGS = [{}] as const;", keys.join(", "));
    push(
        out,
        "export type SettingName = (typeof SETTINGS)[number];\n/** Index of `SETTINGS`. */\nexport type Setting = number;\n\n",
    );
}

/// The words and numbers that Rust and the classes share.
fn words(out: &mut String) {
    push(out, "/** The bits of a call's state above its status. */\nexport const enum CallState {\n  Status = 15,\n");
    for (name, bit) in [
        ("LocalHold", LOCAL_HOLD),
        ("RemoteHold", REMOTE_HOLD),
        ("ReadyToReoffer", READY_TO_REOFFER),
        ("Recovering", RECOVERING),
    ] {
        let _ = writeln!(out, "  {name} = {bit},");
    }
    push(out, "}\n\n/** Why a command was refused. */\nexport const enum Fault {\n");
    for name in Fault::NAMES {
        let _ = writeln!(out, "  {name},");
    }
    push(out, "}\n/** A refused command: what follows is the state, or words. */\n");
    push(out, "export type Refused = [fault: Fault, detail: number | string];\n\n");
    push(out, "/** Which operation of WebRTC failed. */\nexport const enum MediaFault {\n");
    for fault in MediaFault::TOLD {
        let _ = writeln!(out, "  {fault:?},");
    }
    push(out, "}\n\n/** Why calls and registrations end, in JsSIP's words. */\nexport const CAUSES = {\n");
    for (key, cause, _) in Cause::ALL {
        let _ = writeln!(out, "  {key}: '{}',", cause.as_str());
    }
    push(out, "} as const;\n\n/** The causes that final responses stand for. */\nexport const SIP_ERROR_CAUSES = {\n");
    for (key, _, statuses) in Cause::ALL.iter().filter(|(.., statuses)| !statuses.is_empty()) {
        let statuses: Vec<String> = statuses.iter().map(u16::to_string).collect();
        let _ = writeln!(out, "  {key}: [{}],", statuses.join(", "));
    }
    push(out, "};\n\n/** The usual reason phrases. */\nexport const PHRASES: Record<number, string> = {\n");
    for (status, phrase) in PHRASES {
        let _ = writeln!(out, "  {status}: '{}',", phrase.replace('\'', "\\'"));
    }
    push(out, "};\n");
}
