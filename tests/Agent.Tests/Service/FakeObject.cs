using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Trainyard.Agent.Tests.Service;

/// <summary>An object of a fake data bucket.</summary>
internal sealed class FakeObject(string key, byte[] content)
{
    private int _served;

    public string Key => key;

    public byte[] Content => content;

    /// <summary>Where it is when it is not at the service.</summary>
    public string? Url { get; init; }

    /// <summary>Bytes after which the connection breaks, one a request.</summary>
    public Queue<int> BreaksAfter { get; init; } = new();

    public List<long?> RangesAsked { get; } = [];

    public int Served => _served;

    public async Task SendAsync(HttpContext context)
    {
        Interlocked.Increment(ref _served);
        var from = context.Request.GetTypedHeaders().Range?.Ranges.First().From;
        lock (RangesAsked)
        {
            RangesAsked.Add(from);
        }
        var rest = content.AsMemory((int)(from ?? 0));
        context.Response.StatusCode = from is null ? 200 : 206;
        context.Response.ContentLength = rest.Length;
        if (from is not null)
        {
            context.Response.Headers.ContentRange = $"bytes {from}-{content.Length - 1}/{content.Length}";
        }
        context.Response.GetTypedHeaders().ETag = new EntityTagHeaderValue("\"one\"");
        if (BreaksAfter.TryDequeue(out var length))
        {
            await context.Response.Body.WriteAsync(rest[..length]);
            await context.Response.Body.FlushAsync();
            context.Abort();
            return;
        }
        await context.Response.Body.WriteAsync(rest);
    }
}
