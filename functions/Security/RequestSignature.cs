using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Trainyard.Functions.Security;

/// <summary>
/// Checks the signature that S3 clients send for a request without a body: AWS Signature Version 4, in the
/// Authorization header.
/// </summary>
internal sealed class RequestSignature
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string DateHeader = "X-Amz-Date";
    private const string DateFormat = "yyyyMMdd'T'HHmmss'Z'";

    // S3 allows the same clock skew.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(15);

    private readonly string[] _scope;
    private readonly string _signedHeaders;
    private readonly string _signature;

    private RequestSignature(string[] scope, string signedHeaders, string signature)
    {
        _scope = scope;
        _signedHeaders = signedHeaders;
        _signature = signature;
    }

    public string AccessKeyId => _scope[0];

    /// <summary>The request's signature; null when it has none.</summary>
    public static RequestSignature? Of(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(Algorithm + " ", StringComparison.Ordinal))
        {
            return null;
        }
        var fields = header[Algorithm.Length..]
            .Split(',', StringSplitOptions.TrimEntries)
            .Select(field => field.Split('=', 2))
            .Where(field => field.Length == 2)
            .GroupBy(field => field[0])
            .ToDictionary(field => field.Key, field => field.First()[1]);
        var scope = fields.GetValueOrDefault("Credential", "").Split('/');
        return
            scope.Length == 5
            && fields.TryGetValue("SignedHeaders", out var headers)
            && fields.TryGetValue("Signature", out var signature)
            ? new RequestSignature(scope, headers, signature)
            : null;
    }

    /// <summary>Whether this secret signed this request within the last or next 15 minutes.</summary>
    public bool IsValid(HttpRequest request, string host, string secret, DateTimeOffset now)
    {
        var date = request.Headers[DateHeader].ToString();
        if (
            !DateTimeOffset.TryParseExact(
                date,
                DateFormat,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var signedAt
            )
            || (now - signedAt).Duration() > Skew
            || !date.StartsWith(_scope[1], StringComparison.Ordinal)
            || _scope[4] != "aws4_request"
            || !_signedHeaders.Split(';').Contains("host")
        )
        {
            return false;
        }
        var text = string.Join('\n', Algorithm, date, string.Join('/', _scope[1..]), Hash(Canonical(request, host)));
        var expected = Convert.ToHexStringLower(Mac(SigningKey(secret), text));
        return CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(expected),
            Encoding.ASCII.GetBytes(_signature)
        );
    }

    private byte[] SigningKey(string secret) => _scope[1..].Aggregate(Encoding.UTF8.GetBytes("AWS4" + secret), Mac);

    private string Canonical(HttpRequest request, string host)
    {
        var (path, query) = TargetOf(request);
        var headers = _signedHeaders.Split(';').Select(name => $"{name}:{ValueOf(request, name, host)}\n");
        return string.Join(
            '\n',
            request.Method,
            path,
            query,
            string.Concat(headers),
            _signedHeaders,
            request.Headers["X-Amz-Content-Sha256"].ToString()
        );
    }

    // The raw target as the client sent it, because that is what it signed.
    private static (string Path, string Query) TargetOf(HttpRequest request)
    {
        var raw = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget;
        var target = string.IsNullOrEmpty(raw) || raw[0] != '/' ? request.Path + request.QueryString : raw;
        var parts = target.Split('?', 2);
        return (parts[0], parts.Length == 2 ? SortedQuery(parts[1]) : "");
    }

    private static string SortedQuery(string query) =>
        string.Join(
            '&',
            query
                .Split('&', StringSplitOptions.RemoveEmptyEntries)
                .Select(pair => pair.Contains('=') ? pair : pair + "=")
                .Order(StringComparer.Ordinal)
        );

    private static string ValueOf(HttpRequest request, string name, string host)
    {
        var value = name == "host" ? host : request.Headers[name].ToString();
        return string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static byte[] Mac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
