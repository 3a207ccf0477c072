using Microsoft.Extensions.Configuration;

namespace Trainyard.Runtime.Triggers.Settings;

/// <summary>Replaces each <c>%Setting%</c> in an attribute's text by the setting's value.</summary>
internal static class SettingExpression
{
    /// <exception cref="HostStartException">A setting is missing, or a percent sign has no partner.</exception>
    public static string Resolve(string text, IConfiguration configuration)
    {
        var parts = text.Split('%');
        if (parts.Length % 2 == 0)
        {
            throw new HostStartException($"'{text}' has a percent sign without a partner.");
        }
        // Every second part is a setting's name, from between two percent signs.
        for (var i = 1; i < parts.Length; i += 2)
        {
            parts[i] = ValueOf(parts[i], text, configuration);
        }
        return string.Concat(parts);
    }

    private static string ValueOf(string name, string text, IConfiguration configuration) =>
        // Settings of the environment are written with two underscores for each colon.
        configuration[name.Replace("__", ":", StringComparison.Ordinal)] is { Length: > 0 } value
            ? value
            : throw new HostStartException($"'{text}' names the setting '{name}', which has no value.");
}
