//! The names that templates see, each with its meaning, and the filters with an example each: what a template
//! may use, and what the reference says of it. A template that uses another name is refused.

/// A name and what it stands for.
pub type TemplateName = (&'static str, &'static str);

/// What the words and conditions of an act see.
pub const ACT: &[TemplateName] = &[
    ("before", "the value in the earlier edition"),
    ("after", "the value in the later edition"),
    ("said_before", "`before` as the field's `x-words` say it"),
    ("said_after", "`after` as the field's `x-words` say it"),
    ("now", "the field's phrase (`x-says`) in the later edition"),
    ("was", "the field's phrase (`x-says`) in the earlier edition"),
    ("accounts", "what other sources say of the item: the phrases of its second accounts (`x-account-of`)"),
    ("direction", "`up` or `down` on the field's `x-scale`"),
    ("item", "the list item that the field stands in, or the part around it, in the later edition"),
    ("old_item", "the same in the earlier edition"),
    ("key", "the key of the list item"),
    (
        "occasion",
        "the occasion that the item names: `id`, `label`, `short`, `on`, `when`, `year`, `place`, `held`",
    ),
    ("date", "when it took place"),
    ("from", "the date of the earlier edition"),
    ("to", "the date of the later edition"),
    ("reason", "what an entry of the record's corrections says of it"),
    ("nature", "how it came about"),
    ("uncertain", "whether its date is too rough to place it before or after the earlier edition"),
    ("undated", "whether no date says when it came about"),
    ("title", "the field's title"),
    ("path", "the field's path"),
    ("record", "the record in the later edition"),
    ("old_record", "the record in the earlier edition"),
    ("items", "of an act that words several changes together: each of them, with the names of this table"),
    ("n", "how many they are"),
    ("op", "`added`, `removed` or `changed`"),
    ("counted", "whether a claim of coverage of the earlier edition had it that the occasion was missed"),
    (
        "edition",
        "the edition that first recorded it, in words: the later of the two that are compared, or one \
            between them",
    ),
    (
        "late",
        "of a late report, the remark `first recorded in …` with that edition; empty where it is none, or \
            is dated after its own edition, which another remark says",
    ),
];

/// What the phrase of a field (`x-says`) sees.
pub const PHRASE: &[TemplateName] = &[
    ("value", "the value"),
    (
        "said",
        "the value as its `x-words` say it; of an object, of each of its fields; of a list, of each item",
    ),
    ("item", "the list item itself, or what is around the field"),
    ("title", "the field's title"),
    ("key", "the key of the list item"),
    ("occasion", "the occasion that the item names"),
    ("date", "the field's companion date, or the date of the object that it leads"),
    ("brief", "whether the phrase is to name the item before another fact, and not to say what it holds"),
    (
        "moved",
        "the item's fields that differ between the two editions: a name leaves them to the facts after it",
    ),
    (
        "recorded",
        "in the phrase of a second account (`x-account-of`), unless it stands beside what it is another \
            account of: what the record itself has, where that is another value; a date as it is written",
    ),
    ("values", "in the phrase of a list: the phrases of the items that came or went"),
    ("n", "in the phrase of a list: how many they are"),
    ("record", "the record"),
];

/// What the template for one fact of a frame (`each`) sees.
pub const FACT: &[TemplateName] = &[
    ("now", "the phrase in the later edition"),
    ("was", "the phrase in the earlier edition, without a label that `now` has, too"),
    ("before", "the value in the earlier edition"),
    ("after", "the value in the later edition"),
    ("own_date", "whether the field is the date of the item or part that the sentence names"),
    (
        "lead",
        "whether the field is the date of a part, and the phrases are those of the field that leads the part",
    ),
    (
        "same",
        "with `lead`: whether the part is otherwise what it was, new sources aside, or is an item, so that \
            the date is one of the same account",
    ),
    ("later", "whether both values are dates, and the later edition's is the later one"),
    ("text", "whether the field is free text"),
    ("types", "where both values read alike: what the earlier one is and what the later one is, as `a text`"),
];

/// What the template that joins the facts of one part (`listed`) sees.
pub const LISTED: &[TemplateName] = &[
    ("facts", "the facts, as `each` words them"),
    ("of", "the item or part that they belong to, if they do not say it"),
    ("several", "the items that they belong to, where the same is said of three or more"),
];

/// What the words of a frame see.
pub const FRAME: &[TemplateName] = &[
    ("facts", "the facts, joined by `listed`"),
    ("n", "how many they are"),
    ("nature", "how they came about"),
    ("uncertain", "whether a date is too rough to place them before or after the earlier edition"),
    ("undated", "whether no date says when they came about"),
    ("reason", "what an entry of the record's corrections says of them"),
    ("from", "the date of the earlier edition"),
    ("to", "the date of the later edition"),
    (
        "edition",
        "the edition that first recorded them, in words: the later of the two that are compared, or one \
            between them",
    ),
    (
        "late",
        "of a late report, the remark `first recorded in …` with that edition; empty where it is none, or \
            is dated after its own edition, which another remark says",
    ),
    (
        "again",
        "of `repeated`: a list of one, with `facts` and `edition`, the date of the edition that first \
            recorded them",
    ),
    ("dates_alone", "whether they are dates, and no more, of what was recorded before"),
    ("texts", "of `edited`: the texts that changed, each with `title` and `parts`"),
    (
        "entries",
        "of `edited`: the mappings whose entries are cited, each with `table`, `title`, `added`, `removed`, \
            `changed`",
    ),
    ("cited", "of `edited`: how many lists of citations changed"),
];

/// What the words and conditions of an observation see.
pub const OBSERVATION: &[TemplateName] = &[
    ("last", "the last occasion met, or the last entry"),
    ("first", "the first occasion looked at"),
    ("missed", "the occasions missed"),
    ("unknown", "the occasions of which the record does not say"),
    ("later", "later occasions, of which it does not say"),
    ("through", "through when the record was assessed on this"),
    ("as_of", "the date of the edition"),
    ("value", "the value that stands, or that was cast"),
    ("said", "the value as the field's `x-words` say it"),
    ("n", "how many occasions"),
    ("since", "since when"),
    ("record", "the record"),
    ("item", "the last entry"),
    ("remarks", "the words that `remark` gives for the occasions"),
    ("previous", "the occasion before"),
    ("begun", "when it began"),
    ("variant", "which of the rule's sentences it is"),
    ("until", "until when"),
    ("alike", "whether another rule would say the same, and is left out for this one"),
    ("absent", "the occasions at which nothing was cast"),
    ("occasion", "the occasion at which something was said later than the last entry"),
    ("again", "the occasions at which the new value was seen again"),
    ("short", "whether the record was assessed less far than its edition's date"),
    ("beyond", "whether what was said last lies beyond that"),
    ("claimed", "whether a claim of coverage reaches as far as `through`"),
    ("before", "the occasions with the earlier value"),
    (
        "narrower",
        "of a return, what the rule that this one folds into says of the same occasion: `variant`, \
            `previous`",
    ),
    ("accounts", "what other sources say of the entries it rests on, each with `said` and `occasions`"),
    ("recorded", "occasions that an earlier edition records, each with `edition` and `occasions`"),
];

/// The names every template of a rule sees besides; the identity fields and the `words` of the record's kind
/// come to them.
pub const EVERYWHERE: &[TemplateName] =
    &[("tables", "the manifest's tables, by name"), ("subject", "what sentences call the record's subject")];

/// A filter: its name, what it does, a template that uses it, and what that template writes.
pub const FILTERS: &[(&str, &str, &str, &str)] = &[
    ("in_words", "a date in words", "{{ '2019-06-04' | in_words }}", "4 June 2019"),
    ("when", "a date in words with its preposition", "{{ '2019-06' | when }}", "in June 2019"),
    ("month", "a date in words without its day", "{{ '2019-06-04' | month }}", "June 2019"),
    ("year", "the year of a date", "{{ '2019-06-04' | year }}", "2019"),
    ("and_list", "the items of a list as an enumeration", "{{ ['a', 'b', 'c'] | and_list }}", "a, b and c"),
    ("number", "the numbers of a text with their digits in groups", "{{ 1568167 | number }}", "1,568,167"),
    (
        "counted",
        "a quantity with its unit where the text does not name it",
        "{{ 'about 108000' | counted('mines') }}",
        "about 108,000 mines",
    ),
    (
        "periods",
        "a list of periods, each with `from` and `to`, in the order of time; those that overlap as one",
        "{% for p in [{'from': '2010', 'to': '2015'}, {'from': '2009', 'to': '2012'}] | periods %}{{ p.from \
            }} to {{ p.to }}{% endfor %}",
        "2009 to 2015",
    ),
    ("spaced", "dashes as spaces", "{{ 'at-this-stage' | spaced }}", "at this stage"),
    (
        "aside",
        "a remark in brackets at the end, inside those that are there; its own brackets become commas",
        "{{ 'met twice (2019)' | aside('new') }}",
        "met twice (2019; new)",
    ),
];
