using Microsoft.Extensions.Options;

namespace Trainyard.Backends.Azure.Hosting;

/// <summary>Reports missing or wrong settings at the start, and what to set.</summary>
internal sealed class AzureOptionsValidator : IValidateOptions<AzureOptions>
{
    private static readonly string[] Emulator = ["UseDevelopmentStorage=true", "AccountName=devstoreaccount1"];

    public ValidateOptionsResult Validate(string? name, AzureOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(AzureOptions options)
    {
        var (account, connection) = (options.Storage.AccountName, options.Storage.ConnectionString);
        if (string.IsNullOrEmpty(account) == string.IsNullOrEmpty(connection))
        {
            yield return "Set either Azure:Storage:AccountName or, for the emulator, Azure:Storage:ConnectionString.";
        }
        else if (!string.IsNullOrEmpty(account) && !IsAccount(account))
        {
            yield return "Azure:Storage:AccountName is not the name of a storage account: 3 to 24 of a-z and 0-9.";
        }
        else if (!string.IsNullOrEmpty(connection) && !Array.Exists(Emulator, connection.Contains))
        {
            yield return "Azure:Storage:ConnectionString is for the emulator only; name an account by Azure:Storage:AccountName.";
        }
        if (!string.IsNullOrEmpty(account) && options.KeyVault.FindKey() is null)
        {
            yield return "Azure:KeyVault:DataProtectionKeyId is missing: the key that wraps the keys of secrets.";
        }
        if (!string.IsNullOrEmpty(options.ScaleSet.ResourceId) && options.ScaleSet.FindId() is null)
        {
            yield return "Azure:ScaleSet:ResourceId is not the id of a resource of type Microsoft.Compute/virtualMachineScaleSets.";
        }
    }

    private static bool IsAccount(string name) =>
        name.Length is >= 3 and <= 24 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c));
}
