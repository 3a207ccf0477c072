using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Trainyard.Contracts;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;
using Trainyard.Functions.Http.Files;
using Trainyard.Functions.Web;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Functions.Tests;

/// <summary>The files that a run stored: listed for its owner, and read by short-lived addresses.</summary>
public sealed class StoredFilesTests : IAsyncLifetime
{
    private static readonly DataStoreReference S3 = new()
    {
        Type = DataStoreType.S3,
        Bucket = "digits-results",
        Endpoint = new Uri("https://s3.example.com"),
        Region = "us-south",
        SecretName = "lab",
    };

    private RunsHost _host = null!;
    private TrainingRun _run = null!;

    public async Task InitializeAsync()
    {
        _host = await RunsHost.StartAsync();
        _run = await _host.AcceptedAsync();
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task Files_are_listed_in_pages()
    {
        await ListedAsync([.. Enumerable.Range(0, 7).Select(i => Of($"ä {i}.txt", [(byte)i]))]);

        var paths = new List<string?>();
        var pages = 0;
        for (var query = "limit=3"; query is not null; pages++)
        {
            var (status, page) = await ListAsync(query);
            Assert.Equal(200, status);
            paths.AddRange(
                page.GetProperty("resources").EnumerateArray().Select(f => f.GetProperty("path").GetString())
            );
            query = page.TryGetProperty("next", out var next) ? next.GetString()!.Split('?')[1] : null;
        }

        Assert.Equal(3, pages);
        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"ä {i}.txt"), paths);
    }

    [Fact]
    public async Task The_blob_that_a_file_came_from_is_not_told()
    {
        await ListedAsync([Of("a.txt", [1]) with { Blob = "runs/x" }]);

        var (_, page) = await ListAsync("");

        var file = Assert.Single(page.GetProperty("resources").EnumerateArray());
        Assert.Equal(["path", "bytes", "sha256"], file.EnumerateObject().Select(p => p.Name));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("999999")]
    [InlineData("-1")]
    [InlineData("x")]
    public async Task A_continuation_that_was_not_given_out_is_refused(string continuation)
    {
        await ListedAsync([Of("a.txt", [1])]);

        await Assert.ThrowsAsync<InvalidContinuationException>(() => ListAsync($"continuation={continuation}"));
    }

    [Fact]
    public async Task A_run_that_has_stored_nothing_yet_says_so()
    {
        var (status, problem) = await ListAsync("");

        Assert.Equal((409, "results_not_stored"), (status, CodeOf(problem)));
        Assert.Contains("the run is QUEUED", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Results_that_an_older_version_stored_have_no_list()
    {
        await StoredAsync();

        Assert.Equal((404, "files_not_listed"), CodeOf(await ListAsync("")));
        Assert.Equal((404, "files_not_listed"), CodeOf(await AddressAsync("path=a.txt")));
    }

    [Fact]
    public async Task Nobody_but_the_owner_sees_them()
    {
        await ListedAsync([Of("a.txt", [1])]);

        Assert.Equal((404, "run_not_found"), CodeOf(await ListAsync("", "marie")));
        Assert.Equal((404, "run_not_found"), CodeOf(await AddressAsync("path=a.txt", "marie")));
    }

    [Theory]
    [InlineData("b.txt")]
    [InlineData("../a.txt")]
    [InlineData("./a.txt")]
    [InlineData("/a.txt")]
    [InlineData("")]
    public async Task A_path_that_is_not_in_the_list_opens_nothing(string path)
    {
        await ListedAsync([Of("a.txt", [1])]);

        Assert.Equal((404, "file_not_found"), CodeOf(await AddressAsync($"path={Uri.EscapeDataString(path)}")));
    }

    [Fact]
    public async Task A_file_is_read_from_its_bucket_in_one_piece_or_from_a_byte_on()
    {
        var content = Encoding.UTF8.GetBytes("weights of a model");
        await PutAsync("model/w \"1\".bin", content);
        await ListedAsync([Of("model/w \"1\".bin", content)]);
        var key = await KeyAsync("model/w \"1\".bin");

        var whole = await DownloadAsync(key);
        Assert.Equal((200, content.Length), (whole.StatusCode, whole.ContentLength));
        Assert.Equal(content, BodyOf(whole));
        Assert.Equal("application/octet-stream", whole.ContentType);
        Assert.Equal(
            "attachment; filename=\"w _1_.bin\"; filename*=UTF-8''w%20_1_.bin",
            whole.Headers.ContentDisposition
        );
        Assert.Equal("nosniff", whole.Headers.XContentTypeOptions);
        Assert.Equal("default-src 'none'; sandbox", whole.Headers.ContentSecurityPolicy);

        var rest = await DownloadAsync(key, range: "bytes=8-");
        Assert.Equal((206, "bytes 8-17/18"), (rest.StatusCode, (string?)rest.Headers.ContentRange));
        Assert.Equal("of a model", Encoding.UTF8.GetString(BodyOf(rest)));
    }

    [Fact]
    public async Task A_file_that_is_no_longer_in_the_bucket_is_told()
    {
        await PutAsync("other.bin", [1]);
        await ListedAsync([Of("gone.bin", [1])]);

        var answer = await DownloadAsync(await KeyAsync("gone.bin"));

        Assert.Equal((404, "object_not_found"), (answer.StatusCode, CodeOf(JsonOf(answer))));
    }

    [Fact]
    public async Task A_file_that_is_shorter_in_the_bucket_breaks_off()
    {
        await PutAsync("short.bin", [1, 2]);
        await ListedAsync([Of("short.bin", [1, 2, 3])]);

        var answer = await DownloadAsync(await KeyAsync("short.bin"));

        Assert.True(((Lifetime)answer.HttpContext.Features.Get<IHttpRequestLifetimeFeature>()!).IsAborted);
    }

    [Fact]
    public async Task A_store_with_addresses_of_its_own_gives_one_with_a_kept_secret()
    {
        await ListedAsync([Of("model/ä%.bin", [1])], S3);
        await KeepAsync("lab", (CredentialField.AccessKeyId, "AK"), (CredentialField.SecretAccessKey, "very-secret"));
        await KeepAsync("other", (CredentialField.AccessKeyId, "BK"), (CredentialField.SecretAccessKey, "very-secret"));

        foreach (var (query, user) in new[] { ("", "AK"), ("&secret=other", "BK") })
        {
            var (status, address) = await AddressAsync($"path={Uri.EscapeDataString("model/ä%.bin")}{query}");
            Assert.Equal(200, status);
            var url = new Uri(address.GetProperty("url").GetString()!);
            Assert.Equal($"/digits-results/{_run.Id}/model/%C3%A4%25.bin", url.AbsolutePath);
            var signed = QueryHelpers.ParseQuery(url.Query);
            Assert.Equal("600", signed["X-Amz-Expires"]);
            Assert.StartsWith(user + "/", signed["X-Amz-Credential"]);
            Assert.False(address.TryGetProperty("service_path", out _));
            Assert.DoesNotContain("very-secret", address.ToString());
        }
    }

    [Fact]
    public async Task Without_credentials_the_service_s_own_copy_is_read_as_it_was_stored()
    {
        var log = "line\n"u8.ToArray();
        await _host.Get<IBlobStore>().AppendAsync(RunBlobs.Log(_run.Id), 0, (byte[])[.. log, .. "later"u8], default);
        var stored = Of("learner-1/training-log.txt", log) with { Blob = $"{RunBlobs.Log(_run.Id)}" };
        await ListedAsync(
            [stored, Of("model/w.bin", [1]) with { Blob = $"{RunBlobs.StagingPrefix(_run.Id, 1)}w" }],
            S3
        );

        Assert.Equal(log, BodyOf(await DownloadAsync(await KeyAsync("learner-1/training-log.txt"))));
        Assert.Equal((409, "credentials_gone"), CodeOf(await AddressAsync("path=model/w.bin")));
    }

    [Fact]
    public async Task A_secret_that_is_not_there_or_does_not_fit_is_refused()
    {
        await ListedAsync([Of("a.txt", [1])], S3);
        await KeepAsync("swift", (CredentialField.UserName, "u"), (CredentialField.Password, "p"));

        Assert.Equal((404, "secret_not_found"), CodeOf(await AddressAsync("path=a.txt&secret=none")));
        Assert.Equal((400, "invalid_secret"), CodeOf(await AddressAsync("path=a.txt&secret=swift")));
        Assert.Equal((400, "invalid_secret_name"), CodeOf(await AddressAsync("path=a.txt&secret=A%0d%0a")));
    }

    [Fact]
    public async Task An_address_is_good_for_ten_minutes_and_for_the_run_s_life()
    {
        await PutAsync("a.txt", [7]);
        await ListedAsync([Of("a.txt", [7])]);
        var key = await KeyAsync("a.txt");

        _host.Time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal([7], BodyOf(await DownloadAsync(key)));
        _host.Time.Advance(TimeSpan.FromMinutes(2));
        foreach (var bad in new[] { key, "", "x", "a/b", $"{await KeyAsync("a.txt")}A" })
        {
            Assert.Equal((401, "download_expired"), CodeOf(await DownloadAsync(bad)));
        }
        key = await KeyAsync("a.txt");
        await _host.Get<IRunStore>().ChangeAsync(_run.Id, r => r.Deleted(_host.Time.GetUtcNow()), default);
        Assert.Equal((404, "run_not_found"), CodeOf(await DownloadAsync(key)));
    }

    [Fact]
    public async Task One_owner_cannot_take_all_downloads()
    {
        await PutAsync("a.txt", [7]);
        await ListedAsync([Of("a.txt", [7])]);
        var key = await KeyAsync("a.txt");
        var slots = _host.Get<DownloadSlots>();
        var taken = Enumerable
            .Range(0, new DownloadOptions().MaxAtOncePerOwner)
            .Select(_ => slots.TryTake(_run.Owner)!);
        var held = taken.ToList();

        var refused = await DownloadAsync(key);
        Assert.Equal((429, "too_many_downloads"), CodeOf(refused));
        Assert.Equal("10", refused.Headers.RetryAfter);
        using var others = slots.TryTake(Owner.Parse("marie"));
        Assert.NotNull(others);

        held[0].Dispose();
        held[0].Dispose();
        Assert.Equal([7], BodyOf(await DownloadAsync(key)));
        Assert.Equal([7], BodyOf(await DownloadAsync(key)));
    }

    [Theory]
    [InlineData("a/b.txt", "b.txt")]
    [InlineData("x\".html\"; filename=\"y.exe", "x_.html__ filename=_y.exe")]
    [InlineData("a\u202egnp.exe", "a_gnp.exe")]
    [InlineData("%0d%0aSet-Cookie: a", "_0d_0aSet-Cookie_ a")]
    [InlineData("a\u2028b", "a_b")]
    [InlineData(".bashrc", "bashrc")]
    [InlineData("...", "file")]
    [InlineData("größe 😀.txt", "größe 😀.txt")]
    public void A_name_is_harmless_in_a_header_and_on_a_disk(string path, string name)
    {
        var response = new DefaultHttpContext().Response;

        FileHeaders.Write(response, Of(path, [1]));

        Assert.Equal(name, FileHeaders.NameOf(path));
        string header = response.Headers.ContentDisposition!;
        Assert.All(header, c => Assert.InRange(c, ' ', '~'));
        Assert.EndsWith($"; filename*=UTF-8''{Uri.EscapeDataString(name).Replace("%21", "!")}", header);
        Assert.Equal(2, header.Count(c => c == ';'));
    }

    [Fact]
    public void A_long_name_is_cut() => Assert.Equal(200, FileHeaders.NameOf(new string('x', 900)).Length);

    private static StoredFile Of(string path, byte[] content) =>
        new()
        {
            Path = path,
            Bytes = content.Length,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)),
        };

    private async Task StoredAsync(DataStoreReference? results = null) =>
        await _host
            .Get<IRunStore>()
            .ChangeAsync(
                _run.Id,
                r =>
                    r with
                    {
                        Manifest = r.Manifest with { TrainingResults = results ?? r.Manifest.TrainingResults },
                        Results = new StoredResults
                        {
                            Bucket = "digits-results",
                            Files = 1,
                            Bytes = 1,
                        },
                    },
                default
            );

    private async Task ListedAsync(StoredFile[] files, DataStoreReference? results = null)
    {
        using var lines = new MemoryStream([.. files.SelectMany(StoredFiles.LineOf)]);
        await _host.Get<StoredFiles>().PutAsync(_run.Id, lines, default);
        await StoredAsync(results);
    }

    private async Task PutAsync(string path, byte[] content)
    {
        var store = _host
            .Get<IObjectStoreFactory>()
            .Open(_run.Manifest.TrainingResults, StoreCredentials.None, _run.Owner);
        await using var opened = store;
        var key = ResultKeys.Of(_run, path);
        var upload = await store.BeginUploadAsync("digits-results", key, content.Length, default);
        var part = await store.WritePartAsync(upload, 0, new MemoryStream(content), content.Length, default);
        await store.CompleteUploadAsync(upload, [part], default);
    }

    private Task KeepAsync(string name, params (CredentialField Field, string Value)[] fields) =>
        _host
            .Get<ISecretStore>()
            .PutAsync(
                _run.Owner,
                SecretName.Parse(name),
                new NamedSecret
                {
                    Credentials = StoreCredentials.Of([
                        .. fields.Select(f => KeyValuePair.Create(f.Field, new Secret(f.Value))),
                    ]),
                    UpdatedAt = _host.Time.GetUtcNow(),
                },
                default
            );

    private async Task<(int, JsonElement)> ListAsync(string query, string owner = "jean") =>
        await AnswerOf(request => _host.Make<ListFiles>().RunAsync(request, $"{_run.Id}", default), query, owner);

    private async Task<(int, JsonElement)> AddressAsync(string query, string owner = "jean") =>
        await AnswerOf(request => _host.Make<GetFileAddress>().RunAsync(request, $"{_run.Id}", default), query, owner);

    private async Task<string> KeyAsync(string path)
    {
        var (status, address) = await AddressAsync($"path={Uri.EscapeDataString(path)}");
        Assert.Equal(200, status);
        var below = address.GetProperty("service_path").GetString()!;
        Assert.Equal($"http://trainyard.example/{below}", address.GetProperty("url").GetString());
        return below["downloads?key=".Length..];
    }

    private async Task<HttpResponse> DownloadAsync(string key, string? range = null)
    {
        var request = Request($"key={key}", "nobody");
        request.Headers.Range = range;
        await _host.Make<DownloadFile>().RunAsync(request, default);
        return request.HttpContext.Response;
    }

    private async Task<(int, JsonElement)> AnswerOf(Func<HttpRequest, Task<IResult>> call, string query, string owner)
    {
        var request = Request(query, owner);
        await (await call(request)).ExecuteAsync(request.HttpContext);
        return (request.HttpContext.Response.StatusCode, JsonOf(request.HttpContext.Response));
    }

    private HttpRequest Request(string query, string owner)
    {
        var caller = new UserCaller(
            Owner.Parse(owner),
            IsOperator: false,
            KeyHash: "0123456789abcdef",
            HasToken: false
        );
        var request = RunsHost.Request(caller);
        request.Method = "GET";
        request.Scheme = "http";
        request.Host = new HostString("trainyard.example");
        request.QueryString = new QueryString("?" + query);
        request.HttpContext.RequestServices = _host.Services;
        request.HttpContext.Response.Body = new MemoryStream();
        request.HttpContext.Features.Set<IHttpRequestLifetimeFeature>(new Lifetime());
        return request;
    }

    private static byte[] BodyOf(HttpResponse response) => ((MemoryStream)response.Body).ToArray();

    private static JsonElement JsonOf(HttpResponse response) =>
        JsonSerializer.Deserialize<JsonElement>(BodyOf(response));

    private static string? CodeOf(JsonElement problem) => problem.GetProperty("code").GetString();

    private static (int, string?) CodeOf((int Status, JsonElement Problem) answer) =>
        (answer.Status, CodeOf(answer.Problem));

    private static (int, string?) CodeOf(HttpResponse response) => (response.StatusCode, CodeOf(JsonOf(response)));

    private sealed class Lifetime : IHttpRequestLifetimeFeature
    {
        public bool IsAborted { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => IsAborted = true;
    }
}
