using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Answers;

/// <summary>
/// A store's refusal: its code, its request id and the region it names, but never its sentences, which can repeat the
/// key or the signature of the request.
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

    /// <summary>Stands for a failure in a library before any answer arrived.</summary>
    public static StoreAnswer None { get; } = new(default, "", "", "");

    /// <summary>The pause that the store asked for; null for none.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the server answered that plain http was sent to its https port.</summary>
    public bool WantsHttps { get; init; }

    /// <summary>
    /// Whether the answer is a web page without a code and a request id: not of a store, but of something in its place
    /// or before it. Swift writes its errors as pages too, but with an id.
    /// </summary>
    public bool IsWebPage { get; init; }

    /// <summary>How far the server's clock is ahead of this machine's; null when it does not tell its time.</summary>
    public TimeSpan? Ahead { get; init; }

    public static StoreAnswer Read(HttpResponseMessage response, string body)
    {
        var answer = new StoreAnswer(
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
            Ahead = response.Headers.Date is { } date ? date - DateTimeOffset.UtcNow : null,
        };
        return answer with { IsWebPage = IsPage(response) && answer is { Code: "", RequestId: "" } };
    }

    /// <summary>The code (or the status without one) and the request id, for use in parentheses.</summary>
    public override string ToString()
    {
        var code = Code.Length > 0 ? Code : ((int)Status).ToString();
        return RequestId.Length > 0 ? $"{code}, request {RequestId}" : code;
    }

    private static bool IsPage(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType is "text/html" or "application/xhtml+xml";

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

    // The wordings of nginx, Apache and Go.
    [GeneratedRegex(
        "plain HTTP request was sent to HTTPS port|HTTP to an SSL-enabled server port|HTTP request to an HTTPS server",
        RegexOptions.IgnoreCase,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex HttpsHint();
}
