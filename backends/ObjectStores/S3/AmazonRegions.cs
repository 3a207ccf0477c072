using System.Text.RegularExpressions;

namespace Trainyard.Backends.ObjectStores.S3;

/// <summary>Regions in Amazon's own addresses; each region serves only its own buckets.</summary>
internal static partial class AmazonRegions
{
    /// <summary>The address for a region: sets the region in an Amazon address, returns any other unchanged.</summary>
    public static Uri Endpoint(Uri endpoint, string region)
    {
        var match = Host().Match(endpoint.Host);
        if (!match.Success)
        {
            return endpoint;
        }
        return new UriBuilder(endpoint) { Host = $"s3.{region}.amazonaws.com{match.Groups[1].Value}" }.Uri;
    }

    [GeneratedRegex(
        @"^s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com(\.cn)?$",
        RegexOptions.None,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Host();
}
