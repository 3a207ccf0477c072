using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.EndToEnd.Harness;

namespace Trainyard.EndToEnd;

/// <summary>What clients send that is unusual: answered as HTTP has it, by a problem where it is one, and never by 500.</summary>
public sealed class HttpEdgesTests : IAsyncLifetime
{
    private readonly Model _model = new();
    private Service _service = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _service = await Service.Start(
            ("Archives__MaxArchiveBytes", "1048576"),
            ("Pool__StartAgent", "false"),
            ("Uploads__GracePeriod", "00:00:02")
        );
        _client = _service.Client();
        _service.Bucket("data");
        _service.Bucket("results");
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _service.DisposeAsync();
        _model.Dispose();
    }

    [Theory]
    [InlineData("health")]
    [InlineData("v3/models")]
    [InlineData("v3/models/frameworks")]
    public async Task HEAD_is_answered_as_GET_without_the_body(string path)
    {
        using var get = await SendAsync(HttpMethod.Get, path);
        using var head = await SendAsync(HttpMethod.Head, path);

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("gzip", 415)]
    [InlineData("br", 415)]
    [InlineData("x", 415)]
    [InlineData("identity", 400)]
    public async Task A_coded_body_is_refused_with_a_problem(string coding, int status)
    {
        using var body = new MultipartFormDataContent { { new StringContent("x"), "manifest" } };
        body.Headers.ContentEncoding.Add(coding);

        await AssertProblemAsync(await SendAsync(HttpMethod.Post, "v3/models", body), status);
    }

    [Theory]
    [InlineData("PUT", "v3/models", 405, "method_not_allowed")]
    [InlineData("POST", "health", 405, "method_not_allowed")]
    [InlineData("GET", "v4/nothing", 404, "route_not_found")]
    public async Task What_no_function_answers_is_a_problem_too(string method, string path, int status, string code)
    {
        var problem = await AssertProblemAsync(await SendAsync(new HttpMethod(method), path), status);
        Assert.Equal(code, problem.Code);
    }

    [Fact]
    public async Task Every_problem_has_errors_with_a_message()
    {
        var problem = await AssertProblemAsync(await SendAsync(HttpMethod.Get, "v3/models/training-aaaaaaaaa"), 404);
        Assert.Equal(problem.Detail, Assert.Single(problem.Errors!).Message);
    }

    [Fact]
    public async Task Chunks_without_a_size_are_a_bad_request() =>
        Assert.Contains(
            " 400 ",
            await RawAsync(
                $"POST /v3/keys HTTP/1.1\r\n{Head()}Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n{{}}\r\n0\r\n\r\n"
            )
        );

    [Theory]
    [InlineData("""{"op":"replace","path":"/status/state","value":"canceled"}""", 204)]
    [InlineData("""[{"op":"replace","path":"/status/state","value":"canceled"}]""", 204)]
    [InlineData("""{"op":"replace","path":"/status/state","value":"running"}""", 400)]
    [InlineData("[]", 400)]
    [InlineData("[null]", 400)]
    [InlineData("7", 400)]
    public async Task A_patch_may_be_one_operation(string body, int status)
    {
        var id = await SubmitAsync();
        using var content = new StringContent(body, Encoding.UTF8, "application/json-patch+json");
        using var answer = await SendAsync(HttpMethod.Patch, $"v3/models/{id}", content);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task One_idempotency_key_is_one_manifest_and_one_archive()
    {
        var zip = _model.Zip();
        var (first, other) = (Text("true"), Text("false"));

        var id = await IdAsync(await PostAsync(first, zip, "key-1"));

        Assert.Equal(id, await IdAsync(await PostAsync(first, zip, "key-1")));
        _model.Add("other.py", "print()");
        foreach (var (manifest, archive) in new[] { (other, zip), (first, _model.Zip()), ("x", zip) })
        {
            var problem = await AssertProblemAsync(await PostAsync(manifest, archive, "key-1"), 422);
            Assert.Equal("idempotency_key_reused", problem.Code);
        }

        Assert.NotEqual(id, await IdAsync(await PostAsync(other, zip, "key-2")));
    }

    [Fact]
    public async Task A_large_archive_that_comes_first_is_refused_as_one_that_comes_last()
    {
        var large = new byte[3 << 20];
        using var body = new MultipartFormDataContent
        {
            { new ByteArrayContent(large), "model_definition", "m.zip" },
            { new StringContent(Text("true")), "manifest", "m.yaml" },
        };

        var problem = await AssertProblemAsync(await SendAsync(HttpMethod.Post, "v3/models", body), 400);

        Assert.Equal("archive_too_large", Assert.Single(problem.Errors!).Code);
    }

    [Theory]
    [InlineData("--x\r\n")]
    [InlineData("--x\r\nContent-Disposition: form-data; name=\"model_definition\"\r\n\r\nPK")]
    [InlineData(
        "--x\r\nContent-Disposition: form-data; name=\"manifest\"\r\n\r\nname: x\r\n--x\r\nContent-Disposition: form-data; name=\"model_definition\"\r\n\r\nPK"
    )]
    public async Task A_submission_that_does_not_come_is_given_up(string body)
    {
        var answer = await RawAsync(
            $"POST /v3/models HTTP/1.1\r\n{Head()}Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000000\r\n\r\n{body}"
        );

        Assert.StartsWith("HTTP/1.1 408 ", answer);
        Assert.Contains("\"request_timeout\"", answer);
    }

    [Theory]
    [InlineData("leases", """{"wait_seconds":"NaN"}""")]
    [InlineData("leases", """{"wait_seconds":NaN}""")]
    [InlineData("leases", "[]")]
    public async Task What_no_agent_sends_is_a_bad_request(string path, string body)
    {
        var key = await File.ReadAllTextAsync(Path.Combine(_service.Home, "agent", "pool.key"));
        using var node = _service.Client(key.Trim());
        using var content = Json(body);
        using var answer = await node.PostAsync(new Uri($"agents/v1/{path}", UriKind.Relative), content);
        await AssertProblemAsync(answer, 400);
    }

    [Fact]
    public async Task What_the_service_does_not_do_is_refused_at_its_place()
    {
        var text = Text("true").Replace("name: small", "name: small\n      nodes: 65");

        var problem = await AssertProblemAsync(await PostAsync(text, _model.Zip(), null), 400);

        var error = Assert.Single(problem.Errors!);
        Assert.Equal("out_of_range", error.Code);
        Assert.True(error.Line > 1, "No place.");
    }

    [Fact]
    public async Task A_key_can_be_listed_and_taken_away_and_ends()
    {
        var made = await JsonAsync<ApiKeyResource>(
            await SendAsync(HttpMethod.Post, "v3/keys", Json("""{"owner":"carol","expires_in":"90d"}"""))
        );
        Assert.True(made.ExpiresAt > DateTimeOffset.UtcNow.AddDays(89), "Ends too early.");
        var listed = await JsonAsync<KeyListResource>(await SendAsync(HttpMethod.Get, "v3/keys"));
        Assert.Contains(listed.Resources, k => k.Id == made.Id && k.Owner == "carol" && !k.IsOperator);

        using var carol = _service.Client(made.Key);
        Assert.Equal(HttpStatusCode.OK, (await carol.GetAsync(new Uri("v3/models", UriKind.Relative))).StatusCode);
        var hers = await JsonAsync<KeyListResource>(await carol.GetAsync(new Uri("v3/keys", UriKind.Relative)));
        Assert.Equal((made.Id, true), (Assert.Single(hers.Resources).Id, hers.Resources[0].IsOwn));
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, $"v3/keys/{made.Id}")).StatusCode);

        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await carol.GetAsync(new Uri("v3/models", UriKind.Relative))).StatusCode
        );
        var own = listed.Resources.Single(k => k.IsOperator);
        await AssertProblemAsync(await SendAsync(HttpMethod.Delete, $"v3/keys/{own.Id}"), 409);
        await AssertProblemAsync(
            await SendAsync(HttpMethod.Post, "v3/keys", Json("""{"owner":"a","expires_in":"1s"}""")),
            400
        );
        await AssertProblemAsync(
            await SendAsync(HttpMethod.Post, "v3/keys", Json("""{"owner":"a","expires":"90d"}""")),
            400
        );
    }

    private string Text(string command) => File.ReadAllText(_model.Manifest(command));

    private async Task<string> SubmitAsync() => await IdAsync(await PostAsync(Text("true"), _model.Zip(), null));

    private Task<HttpResponseMessage> PostAsync(string manifest, byte[] archive, string? key)
    {
        var body = new MultipartFormDataContent
        {
            { new StringContent(manifest), "manifest", "m.yaml" },
            { new ByteArrayContent(archive), "model_definition", "m.zip" },
        };
        return SendAsync(HttpMethod.Post, "v3/models", body, key);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? body = null,
        string? idempotencyKey = null
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body };
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }
        return await _client.SendAsync(request);
    }

    private static StringContent Json(string text) =>
        new(text, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));

    private static async Task<string> IdAsync(HttpResponseMessage answer) =>
        (await JsonAsync<RunResource>(answer)).Metadata.Guid;

    private static async Task<T> JsonAsync<T>(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<T>(text, WireJson.Options)!;
    }

    private static async Task<Problem> AssertProblemAsync(HttpResponseMessage answer, int status)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode} {text}");
        Assert.Equal(Problem.MediaType, answer.Content.Headers.ContentType?.MediaType);
        return JsonSerializer.Deserialize<Problem>(text, WireJson.Options)!;
    }

    private string Head() =>
        $"Host: x\r\nConnection: close\r\nAuthorization: {_client.DefaultRequestHeaders.Authorization}\r\n";

    private async Task<string> RawAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(_service.Address.Host, _service.Address.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await new StreamReader(stream).ReadToEndAsync(limit.Token);
    }
}
