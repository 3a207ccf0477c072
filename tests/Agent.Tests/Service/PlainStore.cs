using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Trainyard.Agent.Tests.Service;

/// <summary>A store elsewhere that gives one object to whoever knows its address.</summary>
internal sealed class PlainStore : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PlainStore(WebApplication app) => _app = app;

    public string Url => _app.Urls.First() + "/bucket/object?signature=x";

    /// <summary>What else it gives, each at its own address.</summary>
    public ConcurrentDictionary<string, FakeObject> Objects { get; } = new();

    public string StagingUrl => _app.Urls.First() + "/staging/";

    public ConcurrentQueue<string> Authorizations { get; } = new();

    /// <summary>Statuses to answer before a request is served.</summary>
    public ConcurrentQueue<int> Refusals { get; } = new();

    public ConcurrentDictionary<string, byte[]> Staged { get; } = new();

    public string AppendUrl => _app.Urls.First() + "/append?signature=x";

    /// <summary>Takes bytes at a position, or does not.</summary>
    public Func<long, byte[], bool> Append { get; set; } = (_, _) => false;

    /// <summary>Called after an append, before its answer.</summary>
    public Action<HttpContext> AfterAppend { get; set; } = _ => { };

    public string BucketUrl => _app.Urls.First() + "/multipart/";

    /// <summary>Whether what it says of a part has a tag.</summary>
    public bool AnswersWithETags { get; set; } = true;

    /// <summary>The tags that parts came with.</summary>
    public ConcurrentQueue<string> ETagsSent { get; } = new();

    /// <summary>Called before a part is taken.</summary>
    public Func<HttpContext, Task> BeforePart { get; set; } = _ => Task.CompletedTask;

    public static async Task<PlainStore> StartAsync(byte[] content, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                {
                    if (certificate is not null)
                    {
                        listen.UseHttps(certificate);
                    }
                }
            )
        );
        var store = new PlainStore(builder.Build());
        store._app.MapGet("/bucket/object", context => store.GetAsync(context, content));
        store._app.MapGet(
            "/objects/{name}",
            (HttpContext context, string name) => store.Objects[name].SendAsync(context)
        );
        store._app.MapPut("/staging/{**path}", store.PutAsync);
        store._app.MapPut("/multipart/{**path}", store.PutPartAsync);
        store._app.MapPut("/append", store.AppendAsync);
        await store._app.StartAsync();
        return store;
    }

    /// <summary>Puts an object there.</summary>
    public FakeObject Add(string key, byte[] content, string version, Func<int, HttpContext, bool>? before = null)
    {
        var name = Objects.Count.ToString();
        return Objects[name] = new FakeObject(key, content)
        {
            // Signed anew each time, as a store's addresses are.
            Url = $"{_app.Urls.First()}/objects/{name}?signature={Guid.NewGuid():N}",
            Version = version,
            ListsVersion = true,
            Before = before ?? ((_, _) => false),
        };
    }

    private async Task GetAsync(HttpContext context, byte[] content)
    {
        if (!Refuse(context))
        {
            await context.Response.Body.WriteAsync(content);
        }
    }

    private async Task PutAsync(HttpContext context, string path)
    {
        if (Refuse(context))
        {
            return;
        }
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var isPart = path.StartsWith("part/", StringComparison.Ordinal);
        context.Response.StatusCode = isPart || context.Request.Headers["x-ms-blob-type"] == "BlockBlob" ? 201 : 400;
        Staged[path] = body.ToArray();
    }

    // As S3 does: what is not what its MD5 says is refused, and the answer has the MD5 as its tag.
    private async Task PutPartAsync(HttpContext context, string path)
    {
        if (Refuse(context))
        {
            return;
        }
        await BeforePart(context);
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var md5 = CryptographicOperations.HashData(HashAlgorithmName.MD5, body.ToArray());
        if (context.Request.Headers.ContentMD5 != Convert.ToBase64String(md5))
        {
            context.Response.StatusCode = 400;
            return;
        }
        Staged[path] = body.ToArray();
        ETagsSent.Enqueue(context.Request.Headers["ETag"].ToString());
        if (AnswersWithETags)
        {
            context.Response.Headers.ETag = $"\"{Convert.ToHexStringLower(md5)}\"";
        }
    }

    private async Task AppendAsync(HttpContext context)
    {
        if (Refuse(context))
        {
            return;
        }
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var position = long.Parse(context.Request.Headers["position"].ToString());
        context.Response.StatusCode = Append(position, body.ToArray()) ? 201 : 412;
        AfterAppend(context);
    }

    private bool Refuse(HttpContext context)
    {
        Authorizations.Enqueue(context.Request.Headers.Authorization.ToString());
        if (!Refusals.TryDequeue(out var status))
        {
            return false;
        }
        context.Response.StatusCode = status;
        if (status is 429 or 503 && RetryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = $"{seconds}";
        }
        return true;
    }

    /// <summary>What refusals ask for.</summary>
    public int? RetryAfterSeconds { get; set; }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
