using System.Text.RegularExpressions;
using Trainyard.Architecture.Tests.Rules;

namespace Trainyard.Architecture.Tests.Infra;

/// <summary>main.bicep uses every module, and gives each exactly the parameters that it has.</summary>
internal sealed partial class BicepModulesRule : IRule
{
    private const string Main = "infra/main.bicep";

    public IEnumerable<string> Broken(House house)
    {
        var files = BicepFile.AllOf(house).ToDictionary(file => file.Path);
        if (!files.TryGetValue(Main, out var main))
        {
            return files.Count == 0 ? [] : [$"{Main} is missing."];
        }

        var used = main.Modules.Select(module => (Module: module, Path: PathOf(module))).ToList();
        return
        [
            .. files
                .Keys.Where(path => path != Main && used.TrueForAll(each => each.Path != path))
                .Select(path => $"{path} is used by nobody."),
            .. used.Where(each => !files.ContainsKey(each.Path)).Select(each => $"{each.Path} does not exist."),
            .. used.Where(each => files.ContainsKey(each.Path))
                .SelectMany(each => Mismatches(each.Module, files[each.Path])),
        ];
    }

    private static string PathOf(BicepDeclaration module) => "infra/" + module.Rest.Split('\'')[1];

    private static IEnumerable<string> Mismatches(BicepDeclaration module, BicepFile file)
    {
        var given = Names(module.Value);
        var known = file.Parameters.Select(parameter => parameter.Name).ToHashSet();
        var required = file.Parameters.Where(parameter => parameter.IsRequired).Select(parameter => parameter.Name);
        return
        [
            .. given.Except(known).Select(name => $"{module.Name} is given {name}, which {file.Path} does not know."),
            .. required.Except(given).Select(name => $"{module.Name} is not given {name} of {file.Path}."),
        ];
    }

    private static HashSet<string> Names(string module) =>
        [.. Name().Matches(BicepText.Inside(module, "params: {")).Select(match => match.Groups["name"].Value)];

    [GeneratedRegex(@"(?:^|,)\s*(?<name>\w+):", RegexOptions.Multiline)]
    private static partial Regex Name();
}

/// <summary>Every parameter file gives what main.bicep requires, knows no more, and keeps to the enumerations.</summary>
internal sealed partial class BicepParameterFilesRule : IRule
{
    public IEnumerable<string> Broken(House house)
    {
        if (!house.Files.TryGetValue("infra/main.bicep", out var text))
        {
            return [];
        }

        var parameters = BicepFile.Parse("infra/main.bicep", text).Parameters.ToDictionary(each => each.Name);
        var files = house.Files.Where(file => file.Key.EndsWith(".bicepparam")).ToList();
        return
        [
            .. files.Count == 0 ? ["There is no parameter file."] : Array.Empty<string>(),
            .. from file in files from complaint in Complaints(file.Value, parameters) select $"{file.Key} {complaint}",
        ];
    }

    private static IEnumerable<string> Complaints(string text, Dictionary<string, BicepDeclaration> parameters)
    {
        if (!text.Contains("\nusing '../main.bicep'\n") && !text.StartsWith("using '../main.bicep'\n"))
        {
            yield return "does not use ../main.bicep.";
        }

        var given = Given().Matches(text).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["value"].Value);
        foreach (var name in given.Keys.Where(name => !parameters.ContainsKey(name)))
        {
            yield return $"gives {name}, which there is not.";
        }

        foreach (var parameter in parameters.Values)
        {
            if (!given.TryGetValue(parameter.Name, out var value))
            {
                if (parameter.IsRequired)
                {
                    yield return $"does not give {parameter.Name}.";
                }
            }
            else if (!value.Contains('(') && parameter.Allowed is { Count: > 0 } allowed && !allowed.Contains(value))
            {
                yield return $"gives {parameter.Name} = {value}, which is not allowed.";
            }
        }
    }

    [GeneratedRegex(@"^param (?<name>\w+) = (?<value>.+)$", RegexOptions.Multiline)]
    private static partial Regex Given();
}
