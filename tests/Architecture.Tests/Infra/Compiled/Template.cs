using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Trainyard.Architecture.Tests.Infra.Compiled;

/// <summary>A compiled file, and what must hold for it that no compiler knows. One sentence for each place where it does not.</summary>
internal sealed partial record Template(JsonNode Root)
{
    private const int ShortestDescription = 10;

    public static Template Parse(string json) => new(JsonNode.Parse(json)!);

    /// <summary>The file, its parameters and its outputs say what they are.</summary>
    public IEnumerable<string> Undescribed()
    {
        if (!IsDescribed(Root))
        {
            yield return "It has no metadata description.";
        }

        foreach (var (name, item) in Of("parameters").Concat(Of("outputs")).Where(each => !IsDescribed(each.Value!)))
        {
            yield return $"{name} has no description.";
        }
    }

    /// <summary>A parameter takes only what makes sense: an enumeration, a range, a length, or a type that says it.</summary>
    public IEnumerable<string> Unconstrained() =>
        from parameter in Of("parameters")
        where !IsConstrained(parameter.Value!.AsObject())
        select $"{parameter.Key} takes anything.";

    /// <summary>Outputs are kept in the deployment's history, where every reader of the group sees them; keys are not even asked for.</summary>
    public IEnumerable<string> Secrets()
    {
        foreach (var (name, output) in Of("outputs").Where(each => Secret().IsMatch(each.Key + each.Value!["value"])))
        {
            yield return $"The output {name} gives a secret away.";
        }

        if (KeyQuestion().Match(Root.ToJsonString()) is { Success: true } question)
        {
            yield return $"It asks for keys: {question.Value}…";
        }
    }

    private static bool IsDescribed(JsonNode item) =>
        ((string?)item["metadata"]?["description"])?.Length >= ShortestDescription;

    private static bool IsConstrained(JsonObject parameter) =>
        parameter.ContainsKey("allowedValues")
        || (string?)parameter["type"] switch
        {
            "bool" => true,
            "string" or "securestring" or "array" => parameter.ContainsKey("minLength")
                || parameter.ContainsKey("maxLength"),
            "int" => parameter.ContainsKey("minValue") && parameter.ContainsKey("maxValue"),
            _ => parameter.ContainsKey("properties")
                || parameter["additionalProperties"] is JsonObject
                || parameter.ContainsKey("$ref"),
        };

    private JsonObject Of(string section) => Root[section]?.AsObject() ?? [];

    [GeneratedRegex(
        @"list\w*\(|getSecret|password|connectionString|accountKey|\bsecret\w*$|sharedKey",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Secret();

    [GeneratedRegex(@"\blist(Keys|AccountSas|ServiceSas|Secrets|ConnectionStrings)\(", RegexOptions.IgnoreCase)]
    private static partial Regex KeyQuestion();
}
