using System.Text.Json;
using System.Text.Json.Nodes;

namespace Trainyard.Backends.ObjectStores.Swift;

/// <summary>The abilities that a cluster reports, or Swift's defaults where it reports none.</summary>
internal sealed record SwiftAbilities
{
    // Swift's own defaults.
    private const int UsualSegments = 1000;
    private const long UsualSegmentBytes = 5L << 30;

    public int MostSegments { get; init; } = UsualSegments;

    public long LargestSegment { get; init; } = UsualSegmentBytes;

    /// <summary>
    /// The hash algorithms for signing temporary addresses; empty if the cluster has no such addresses.
    /// </summary>
    public IReadOnlyList<string> AddressDigests { get; init; } = [];

    public static async Task<SwiftAbilities> AskAsync(
        SwiftHttp http,
        SwiftSession session,
        CancellationToken cancellationToken
    )
    {
        var account = await session.AccountAsync(cancellationToken);
        try
        {
            using var response = await http.SendAsync(
                () => new HttpRequestMessage(HttpMethod.Get, new Uri(account, "/info")),
                cancellationToken
            );
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            return Read(JsonNode.Parse(text) as JsonObject ?? []);
        }
        catch (Exception e) when (e is SwiftError or JsonException or InvalidOperationException or FormatException)
        {
            return new SwiftAbilities();
        }
    }

    private static SwiftAbilities Read(JsonObject info) =>
        new()
        {
            MostSegments = Math.Clamp(
                (int?)info["slo"]?["max_manifest_segments"] ?? UsualSegments,
                1,
                UsualSegments * 10
            ),
            LargestSegment = Math.Max(1, (long?)info["swift"]?["max_file_size"] ?? UsualSegmentBytes),
            AddressDigests =
                info["tempurl"] is not JsonObject addresses ? []
                : addresses["allowed_digests"] is JsonArray digests
                    ? [.. digests.Select(digest => (string?)digest ?? "")]
                : ["sha1"],
        };
}
