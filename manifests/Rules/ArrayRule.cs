using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Rules;

/// <summary><c>array</c>: variables with several values each; one run for each combination. Reads after <c>env</c>.</summary>
internal sealed class ArrayRule : IManifestRule
{
    private static readonly string[] OwnVariables = [RunArray.IndexVariable, RunArray.CountVariable];

    public void Apply(ManifestContext context)
    {
        if (context.Root.Take("array") is not { } field || context.Open(field) is not { } section)
        {
            return;
        }

        var variables = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var variable in section.TakeAll())
        {
            if (IsNameFree(context, variable) && Values(context, variable) is { } values)
            {
                variables[variable.Key] = values;
                EnvRule.WarnOfSecret(context, variable);
            }
        }

        CheckEnv(context);
        if (section.IsEmpty)
        {
            context.Bad<string>(field, ManifestCodes.Required, "has no variable", "names with a list of values each");
        }
        else if (IsSmall(context, field, variables))
        {
            context.Draft.Array = new() { Variables = variables };
        }
    }

    private static bool IsNameFree(ManifestContext context, Field variable)
    {
        if (!EnvRule.IsName(variable.Key))
        {
            context.BadKey(variable, ManifestCodes.NotAName, "is not a variable's name", EnvRule.NameRule);
            return false;
        }

        if (EnvRule.IsReserved(variable.Key) || OwnVariables.Contains(variable.Key))
        {
            context.BadKey(variable, ManifestCodes.ReservedName, "is set by the service itself", null);
            return false;
        }

        if (context.Draft.Env.ContainsKey(variable.Key))
        {
            context.BadKey(variable, ManifestCodes.SameThingTwice, "is in `env` too; keep one", null);
            return false;
        }

        return true;
    }

    private static List<string>? Values(ManifestContext context, Field variable)
    {
        if (variable.Value is not YamlList list)
        {
            context.WrongShape(variable.Value, variable.Path, "a list of values");
            return null;
        }

        if (list.Items.Count is 0 or > RunArray.MostRuns)
        {
            context.Bad<string>(
                variable,
                list.Items.Count == 0 ? ManifestCodes.Required : ManifestCodes.TooMany,
                $"has {list.Items.Count} values",
                $"1 to {RunArray.MostRuns} values"
            );
            return null;
        }

        var fields = list.Items.Select((item, i) => new Field($"[{i}]", $"{variable.Path}[{i}]", item, item.Start));
        var values = fields.Select(item => context.TextValue(item, FieldLimits.EnvValue)).ToList();
        return values.Contains(null) ? null : [.. values.Select(value => value!)];
    }

    // An element's variables are all in its `env`, which has its own limit.
    private static void CheckEnv(ManifestContext context)
    {
        if (OwnVariables.FirstOrDefault(context.Draft.Env.ContainsKey) is { } own)
        {
            context.Problems.Error(
                ManifestCodes.ReservedName,
                $"`env.{own}` is set by the service itself in the runs of an `array`.",
                $"env.{own}",
                context.Root.Open("env")!.TakeAll().First(field => field.Key == own).KeyMark
            );
        }
    }

    private static bool IsSmall(
        ManifestContext context,
        Field field,
        SortedDictionary<string, IReadOnlyList<string>> variables
    )
    {
        var most = Math.Max(0, FieldLimits.Env - OwnVariables.Length - context.Draft.Env.Count);
        if (variables.Count > most)
        {
            TooMany(context, field, $"{variables.Count} variables", $"{most}: a run has {FieldLimits.Env} at most");
            return false;
        }

        var count = variables.Values.Aggregate(1L, (n, values) => Math.Min(n * values.Count, int.MaxValue));
        if (count > RunArray.MostRuns)
        {
            var product = string.Join(" x ", variables.Values.Select(values => values.Count));
            TooMany(context, field, $"{product} combinations", $"{RunArray.MostRuns}: there is a run for each");
            return false;
        }

        return true;
    }

    private static void TooMany(ManifestContext context, Field field, string what, string most) =>
        context.Bad<string>(field, ManifestCodes.TooMany, $"has {what}", $"at most {most}");
}
