using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;

namespace Trainyard.Backends.ObjectStores.AzureBlobs;

/// <summary>A shared access signature; parsing accepts the leading question mark that portals add.</summary>
internal sealed record SasToken(string Text, DateTimeOffset? Expires)
{
    public static SasToken Parse(string text)
    {
        var plain = text.Trim().TrimStart('?');
        var isDated =
            QueryHelpers.ParseQuery(plain).TryGetValue("se", out var end)
            & DateTimeOffset.TryParse(
                end.ToString(),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var expires
            );
        return new SasToken(plain, isDated ? expires : null);
    }
}
