using Trainyard.Manifests.Experiments.Model;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Experiments.Reading;

/// <summary>Reads <c>settings</c>, <c>training_references</c> and <c>tags</c>.</summary>
internal static class ExperimentReading
{
    public static ExperimentDraft Read(ManifestContext context)
    {
        var draft = new ExperimentDraft();
        ReadSettings(context, draft);
        ReadReferences(context, draft);
        foreach (var (item, path) in Items(context, context.Root.Take("tags"), SearchLimits.Tags))
        {
            if (context.Open(item, path) is { } tag && context.Words(tag.Take("value"), SearchLimits.Text) is { } value)
            {
                draft.Tags.Add(new(value, context.Text(tag.Take("description"), FieldLimits.Description)));
            }
        }

        return draft;
    }

    /// <summary>The items of a list, each with its path; none where it is too long.</summary>
    public static IEnumerable<(YamlNode Node, string Path)> Items(ManifestContext context, Field? field, int most)
    {
        if (field is null)
        {
            return [];
        }

        if (field.Value is not YamlList list)
        {
            context.WrongShape(field.Value, field.Path, "a list");
            return [];
        }

        if (list.Items.Count > most)
        {
            context.Bad<string>(field, ManifestCodes.TooMany, $"has {list.Items.Count} entries", $"at most {most}");
            return [];
        }

        return list.Items.Select((item, i) => (item, $"{field.Path}[{i}]"));
    }

    /// <summary>A required text of one line.</summary>
    public static string? Name(ManifestContext context, Section section, string key, string what)
    {
        if (section.Take(key) is not { } field)
        {
            section.Missing(key, what);
            return null;
        }

        var name = context.Words(field, FieldLimits.Name);
        return name?.Any(char.IsControl) == true
            ? context.Bad<string>(field, ManifestCodes.NotAllowed, "has line breaks", "one line")
            : name;
    }

    private static void ReadSettings(ManifestContext context, ExperimentDraft draft)
    {
        if (context.Root.Open("settings") is not { } settings)
        {
            context.Root.Missing("settings", "it holds the experiment's name");
            return;
        }

        draft.Name = Name(context, settings, "name", "it is what lists show the experiment as");
        draft.Description = context.Text(settings.Take("description"), FieldLimits.Description)?.Trim();
        if (settings.Open("author") is { } author)
        {
            var name = context.Text(author.Take("name"), FieldLimits.Author)?.Trim();
            var email = context.Text(author.Take("email"), FieldLimits.Author)?.Trim();
            draft.Author = string.IsNullOrEmpty(name) && string.IsNullOrEmpty(email) ? null : new(name, email);
        }

        if (settings.Open("evaluation_definition") is { } evaluation)
        {
            draft.Evaluation = new(
                context.Words(evaluation.Take("method"), SearchLimits.Text),
                [
                    .. Items(context, evaluation.Take("metrics"), SearchLimits.Metrics)
                        .Select(item => context.Open(item.Node, item.Path)?.Take("name"))
                        .Select(name => context.Words(name, SearchLimits.Text))
                        .OfType<string>(),
                ]
            );
        }
    }

    private static void ReadReferences(ManifestContext context, ExperimentDraft draft)
    {
        if (context.Root.Take("training_references") is not { } field)
        {
            context.Root.Missing("training_references", "it says what to train");
            return;
        }

        if (field.Value is YamlList { Items.Count: 0 })
        {
            context.Bad<string>(field, ManifestCodes.Required, "lists nothing to train", "at least one");
        }

        foreach (var (item, path) in Items(context, field, SearchLimits.References))
        {
            if (
                context.Open(item, path) is { } section
                && ReferenceReading.Read(context, section, draft.References) is { } reference
            )
            {
                draft.References.Add(reference);
            }
        }

        if (draft.References.Sum(r => (long)(r.Search?.Steps ?? 1)) is > SearchLimits.Steps and var runs)
        {
            context.Bad<string>(
                field,
                ManifestCodes.TooMany,
                $"makes {runs} training runs in all",
                $"at most {SearchLimits.Steps}"
            );
        }
    }
}
