using System.Text.RegularExpressions;
using Trainyard.Architecture.Tests.Rules;

namespace Trainyard.Architecture.Tests.Infra;

/// <summary>There is no Bicep compiler on the build machines: at least every bracket and every string is closed.</summary>
internal sealed class BicepIsClosedRule : IRule
{
    public IEnumerable<string> Broken(House house) =>
        from file in BicepFile.AllOf(house)
        from complaint in Complaints(file)
        select $"{file.Path} {complaint}";

    private static IEnumerable<string> Complaints(BicepFile file)
    {
        if (file.Text.Split('\n').FirstOrDefault(BicepText.EndsInString) is { } line)
        {
            yield return $"leaves a string open: {line.Trim()}";
        }
        else if (BicepText.Depth(file.Text) != 0)
        {
            yield return "does not close all of its brackets, or closes too many.";
        }
    }
}

/// <summary>Every file, parameter and output says what it is.</summary>
internal sealed class BicepDescriptionsRule : IRule
{
    public IEnumerable<string> Broken(House house)
    {
        foreach (var file in BicepFile.AllOf(house))
        {
            if (!file.HasDescription)
            {
                yield return $"{file.Path} has no metadata description.";
            }

            foreach (var each in file.Parameters.Concat(file.Outputs).Where(each => !each.HasDescription))
            {
                yield return $"{file.Path}: {each.Kind} {each.Name} has no @description.";
            }
        }
    }
}

/// <summary>A parameter takes only what makes sense: an enumeration, a range, a length, or a type that says it.</summary>
internal sealed class BicepParametersRule : IRule
{
    public IEnumerable<string> Broken(House house) =>
        from file in BicepFile.AllOf(house)
        from parameter in file.Parameters
        where !IsConstrained(parameter)
        select $"{file.Path}: param {parameter.Name} takes anything.";

    private static bool IsConstrained(BicepDeclaration parameter) =>
        parameter.Has("allowed")
        || parameter.Type switch
        {
            "bool" => true,
            "string" => parameter.Has("minLength") || parameter.Has("maxLength"),
            "int" => parameter.Has("minValue") && parameter.Has("maxValue"),
            "object" or "array" => false,
            var type => type.StartsWith('{'),
        };
}

/// <summary>Outputs are kept in the deployment's history, where every reader of the group sees them.</summary>
internal sealed partial class NoSecretsInOutputsRule : IRule
{
    public IEnumerable<string> Broken(House house) =>
        from file in BicepFile.AllOf(house)
        from output in file.Outputs
        where Secret().IsMatch(output.Name + output.Value)
        select $"{file.Path}: output {output.Name} gives a secret away.";

    [GeneratedRegex(
        @"list\w*\(|getSecret|password|connectionString|accountKey|\bsecret\w*$|sharedKey",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Secret();
}

/// <summary>From outside, only the function app answers; keys that could be carried away are switched off.</summary>
internal sealed class NothingPublicRule : IRule
{
    private const string TheOne = "infra/modules/function-app.bicep";

    private static readonly (string Text, string? AllowedIn)[] Never =
    [
        ("publicNetworkAccess: 'Enabled'", TheOne),
        ("'Microsoft.Network/publicIPAddresses@", "infra/modules/network.bicep"),
        ("publicIPAddressConfiguration", null),
        ("'Microsoft.Network/loadBalancers@", null),
        ("allowBlobPublicAccess: true", null),
        ("allowSharedKeyAccess: true", null),
        ("publicAccess: 'Blob'", null),
        ("publicAccess: 'Container'", null),
        ("httpsOnly: false", null),
        ("listKeys(", null),
    ];

    private static readonly (string Resource, string Text)[] Always =
    [
        ("resource account 'Microsoft.Storage/storageAccounts@", "allowSharedKeyAccess: false"),
        ("resource account 'Microsoft.Storage/storageAccounts@", "allowBlobPublicAccess: false"),
        ("resource account 'Microsoft.Storage/storageAccounts@", "publicNetworkAccess: 'Disabled'"),
        ("resource vault 'Microsoft.KeyVault/vaults@", "publicNetworkAccess: 'Disabled'"),
        ("resource vault 'Microsoft.KeyVault/vaults@", "enableRbacAuthorization: true"),
        ("resource app 'Microsoft.Web/sites@", "httpsOnly: true"),
    ];

    public IEnumerable<string> Broken(House house)
    {
        var files = BicepFile.AllOf(house).ToList();
        return
        [
            .. from file in files
            from never in Never
            where file.Path != never.AllowedIn && file.Text.Contains(never.Text, StringComparison.Ordinal)
            select $"{file.Path} says {never.Text}.",
            .. from file in files
            from always in Always
            where Makes(file, always.Resource) && !file.Text.Contains(always.Text, StringComparison.Ordinal)
            select $"{file.Path} does not say {always.Text}.",
        ];
    }

    private static bool Makes(BicepFile file, string resource) =>
        file.Text.Split('\n').Any(line => line.StartsWith(resource) && !line.Contains(" existing "));
}

/// <summary>One type of resource has one API version, and none is a preview.</summary>
internal sealed class BicepVersionsRule : IRule
{
    public IEnumerable<string> Broken(House house)
    {
        var used = BicepFile.AllOf(house).SelectMany(file => file.Resources).Distinct().ToList();
        return
        [
            .. used.Where(each => each.Version.Contains("preview")).Select(each => $"{each.Type} is a preview."),
            .. used.GroupBy(each => each.Type)
                .Where(versions => versions.Count() > 1)
                .Select(versions => $"{versions.Key} has several API versions."),
        ];
    }
}
