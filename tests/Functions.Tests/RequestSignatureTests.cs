using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Trainyard.Functions.Security;

namespace Trainyard.Functions.Tests;

public sealed class RequestSignatureTests
{
    // The published example of AWS Signature Version 4: GET of an object with a range.
    private const string Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    private const string Host = "examplebucket.s3.amazonaws.com";
    private const string Signature = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41";
    private const string SignedHeaders = "host;range;x-amz-content-sha256;x-amz-date";

    private static readonly DateTimeOffset Then = new(2013, 5, 24, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_published_example_is_valid()
    {
        var request = Example();
        var signature = RequestSignature.Of(request)!;

        Assert.Equal("AKIAIOSFODNN7EXAMPLE", signature.AccessKeyId);
        Assert.True(signature.IsValid(request, Host, Secret, Then.AddMinutes(14)));
    }

    [Theory]
    [InlineData("minutes", 16)]
    [InlineData("minutes", -16)]
    [InlineData("days", 1)]
    public void An_old_one_or_one_to_come_is_not(string unit, int by) =>
        Assert.False(IsValid(Example(), now: unit == "days" ? Then.AddDays(by) : Then.AddMinutes(by)));

    [Fact]
    public void Nothing_that_was_signed_may_differ()
    {
        Assert.False(IsValid(Example(), secret: "another"));
        Assert.False(IsValid(Example(), host: "another"));
        Assert.False(IsValid(Example(request => request.Path = "/other.txt")));
        Assert.False(IsValid(Example(request => request.QueryString = new QueryString("?acl"))));
        Assert.False(IsValid(Example(request => request.Method = "HEAD")));
        Assert.False(IsValid(Example(request => request.Headers.Range = "bytes=0-10")));
        Assert.False(IsValid(Example(signature: Signature.Replace('f', 'e'))));
        Assert.False(IsValid(Example(signature: "")));
        Assert.False(IsValid(Example(signedHeaders: "range;x-amz-content-sha256;x-amz-date")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer x")]
    [InlineData("AWS4-HMAC-SHA256 ")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=x")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/b/c/d/e, Signature=x")]
    public void What_has_none_has_none(string header)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Authorization = header;
        Assert.Null(RequestSignature.Of(request));
    }

    private static bool IsValid(
        HttpRequest request,
        string host = Host,
        string secret = Secret,
        DateTimeOffset? now = null
    ) => RequestSignature.Of(request)!.IsValid(request, host, secret, now ?? Then);

    private static HttpRequest Example(
        Action<HttpRequest>? change = null,
        string signature = Signature,
        string signedHeaders = SignedHeaders
    )
    {
        var request = new DefaultHttpContext().Request;
        request.Method = "GET";
        request.Path = "/test.txt";
        request.Headers.Range = "bytes=0-9";
        request.Headers["x-amz-content-sha256"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("")));
        request.Headers["x-amz-date"] = "20130524T000000Z";
        request.Headers.Authorization =
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            + $"SignedHeaders={signedHeaders},Signature={signature}";
        change?.Invoke(request);
        return request;
    }
}
