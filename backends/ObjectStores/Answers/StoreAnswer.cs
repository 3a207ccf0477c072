using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Answers;

/// <summary>
/// What a store said when it refused: never its sentences, which can repeat the key or the signature that they were sent,
/// but its code, its request id and where it points to.
/// </summary>
internal sealed partial record StoreAnswer(HttpStatusCode Status, string Code, string RequestId, string Region)
{
    private static readonly string[] RequestIdHeaders =
    [
        "x-amz-request-id",
        "x-ms-request-id",
        "x-openstack-request-id",
        "x-trans-id",
    ];

    /// <summary>A library failed before there was an answer.</summary>
    public static StoreAnswer None { get; } = new(default, "", "", "");

    /// <summary>What the store asked to wait, where it did.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether a port for https was spoken to in http and said so.</summary>
    public bool WantsHttps { get; init; }

    public static StoreAnswer Read(HttpResponseMessage response, string body) =>
        new(
            response.StatusCode,
            Header(response, "x-ms-error-code") is { Length: > 0 } code ? code : Element(CodeElement(), body),
            RequestIdHeaders.Select(name => Header(response, name)).FirstOrDefault(id => id.Length > 0)
                ?? Element(RequestIdElement(), body),
            Header(response, "x-amz-bucket-region") is { } region && RegionName().IsMatch(region)
                ? region
                : Element(RegionElement(), body)
        )
        {
            RetryAfter = DelayOf(response.Headers.RetryAfter),
            WantsHttps = HttpsHint().IsMatch(body),
        };

    /// <summary>The code, or the status where there is none, and the request id: for the parentheses of a sentence.</summary>
    public override string ToString()
    {
        var code = Code.Length > 0 ? Code : ((int)Status).ToString();
        return RequestId.Length > 0 ? $"{code}, request {RequestId}" : code;
    }

    private static TimeSpan? DelayOf(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date ? date - DateTimeOffset.UtcNow : null);

    private static string Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? StoreText.Clean(values.First()) : "";

    private static string Element(Regex element, string body) =>
        element.Match(body) is { Success: true } match ? StoreText.Clean(match.Groups[1].Value.Trim()) : "";

    [GeneratedRegex("<Code>([^<]*)</Code>", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CodeElement();

    [GeneratedRegex("<RequestId>([^<]*)</RequestId>", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RequestIdElement();

    [GeneratedRegex("<Region>([A-Za-z0-9-]{1,64})</Region>", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RegionElement();

    [GeneratedRegex("^[A-Za-z0-9-]{1,64}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RegionName();

    // Says so: nginx, Apache, Go.
    [GeneratedRegex(
        "plain HTTP request was sent to HTTPS port|HTTP to an SSL-enabled server port|HTTP request to an HTTPS server",
        RegexOptions.IgnoreCase,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex HttpsHint();
}
