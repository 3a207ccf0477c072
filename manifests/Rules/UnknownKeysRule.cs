using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Text;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Rules;

/// <summary>What no rule asked for is unknown: misplaced, or misspelt. Applied after every rule that reads.</summary>
internal sealed class UnknownKeysRule : IManifestRule
{
    // A key of 2018's clients, which submit manifests as JSON. The service takes it out before it reads such a manifest.
    private const string DefinitionHref = "definition_href";

    public void Apply(ManifestContext context)
    {
        foreach (var section in context.Sections)
        {
            foreach (var entry in section.Unknown)
            {
                if (entry.Key.Text == DefinitionHref)
                {
                    ReportDefinition(context, section, entry.Key);
                }
                else
                {
                    Report(context, section, entry.Key);
                }
            }
        }
    }

    private static void ReportDefinition(ManifestContext context, Section section, YamlScalar key) =>
        context.Problems.Error(
            ManifestCodes.UnknownKey,
            $"{Quote.Key(DefinitionHref)} names code that is stored. Only a manifest that is sent as JSON, without code, may do so; "
                + "here the code comes along: leave the key out.",
            section.PathOf(DefinitionHref),
            key.Start
        );

    private static void Report(ManifestContext context, Section section, YamlScalar key)
    {
        var path = section.PathOf(key.Text);
        var atTop = section.Path.Length == 0;
        var place = context.PlaceOf is { } placeOf ? placeOf(key.Text) : KeyPlaces.Of(key.Text, context.IsFfdl);
        if (place is { } belongs && belongs != path)
        {
            context.MeantPaths.Add(belongs);
            context.Problems.Error(
                ManifestCodes.MisplacedKey,
                $"{Quote.Key(key.Text)} does not belong {(atTop ? "at the top" : $"in {Quote.Key(section.Path)}")}; its place is {Quote.Key(belongs)}.",
                path,
                key.Start,
                suggestion: belongs
            );
            return;
        }

        var name = ShownKey.NameIn(key.Text);
        if (name.Length < key.Text.Length && section.Known.Contains(name))
        {
            context.MeantPaths.Add(section.PathOf(name));
            context.Problems.Error(
                ManifestCodes.UnknownKey,
                $"A colon and a space are missing after {Quote.Key(name)}.",
                section.PathOf(name),
                key.Start,
                $"{name}: …",
                name
            );
            return;
        }

        var nearest = Nearest.To(name, section.Known);
        if (nearest is not null)
        {
            context.MeantPaths.Add(section.PathOf(nearest));
        }

        context.Problems.Error(
            ManifestCodes.UnknownKey,
            $"{Quote.Key(ShownKey.Of(key.Text, section.Path))} is not a key of {(atTop ? "a manifest" : Quote.Key(section.Path))}"
                + (nearest is null ? "." : $"; did you mean {Quote.Key(nearest)}?"),
            path,
            key.Start,
            string.Join(", ", section.Known.Order()),
            nearest
        );
    }
}
