using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Tests.Service;

/// <summary>The checkpoints of a run as the fake service keeps them, over all its attempts.</summary>
internal sealed class FakeCheckpoints
{
    private static readonly DateTimeOffset SavedAt = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    public ConcurrentDictionary<string, byte[]> Contents { get; } = new();

    /// <summary>The SHA-256 of every content that came, in order.</summary>
    public ConcurrentQueue<string> Sent { get; } = new();

    /// <summary>Every commit, as text by path.</summary>
    public ConcurrentQueue<IReadOnlyDictionary<string, string>> Commits { get; } = new();

    /// <summary>Statuses to answer to the next commits.</summary>
    public ConcurrentQueue<int> CommitRefusals { get; } = new();

    public SavedCheckpoint? Saved { get; set; }

    /// <summary>As an attempt before would have left it.</summary>
    public void Put(string path, string text, string? sha256 = null)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        sha256 ??= HashOf(bytes);
        Contents[sha256] = bytes;
        var file = new CheckpointFile
        {
            Path = path,
            Bytes = bytes.Length,
            Sha256 = sha256,
            ModifiedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        };
        Save([.. Saved?.Files ?? [], file]);
    }

    public string TextOfSaved(string path) =>
        Encoding.UTF8.GetString(Contents[Saved!.Files.Single(f => f.Path == path).Sha256]);

    public static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public async Task HandleAsync(HttpContext context, string route, string attempt)
    {
        var sha256 = context.Request.Query["sha256"].ToString();
        context.Response.StatusCode = 200;
        switch (route, context.Request.Method)
        {
            case (AgentRoutes.Checkpoint, "GET") when Saved is null:
                context.Response.StatusCode = 204;
                break;
            case (AgentRoutes.Checkpoint, "GET"):
                await context.Response.WriteAsJsonAsync(WithAddresses(attempt), WireJson.Options);
                break;
            case (AgentRoutes.Checkpoint, _):
                var commit = await context.Request.ReadFromJsonAsync<CheckpointCommit>(WireJson.Options);
                context.Response.StatusCode = CommitRefusals.TryDequeue(out var status) ? status : Commit(commit!);
                break;
            case (AgentRoutes.CheckpointUploads, _):
                var wanted = await context.Request.ReadFromJsonAsync<UploadRequest>(WireJson.Options);
                var target = new UploadTarget { Url = Address(attempt, wanted!.Path) };
                await context.Response.WriteAsJsonAsync(target, WireJson.Options);
                break;
            case (AgentRoutes.CheckpointContent, "GET"):
                await context.Response.Body.WriteAsync(Contents[sha256]);
                break;
            case (AgentRoutes.CheckpointContent, _):
                context.Response.StatusCode = await KeepAsync(context, sha256);
                break;
            default:
                context.Response.StatusCode = 404;
                break;
        }
    }

    private async Task<int> KeepAsync(HttpContext context, string sha256)
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (HashOf(body.ToArray()) != sha256)
        {
            return 422;
        }
        Contents[sha256] = body.ToArray();
        Sent.Enqueue(sha256);
        return 204;
    }

    private int Commit(CheckpointCommit commit)
    {
        if (!commit.Files.All(f => Contents.ContainsKey(f.Sha256)))
        {
            return 409;
        }
        Save(commit.Files);
        Commits.Enqueue(commit.Files.ToDictionary(f => f.Path, f => Encoding.UTF8.GetString(Contents[f.Sha256])));
        foreach (var old in Contents.Keys.Except(commit.Files.Select(f => f.Sha256)))
        {
            Contents.TryRemove(old, out _);
        }
        return 204;
    }

    private void Save(IReadOnlyList<CheckpointFile> files) =>
        Saved = new SavedCheckpoint
        {
            SavedAt = SavedAt,
            Attempt = 1,
            Files = files,
        };

    private SavedCheckpoint WithAddresses(string attempt) =>
        Saved! with
        {
            Files = [.. Saved!.Files.Select(f => f with { Url = Address(attempt, f.Sha256) })],
        };

    private static string Address(string attempt, string sha256) =>
        $"{attempt}/{AgentRoutes.CheckpointContent}?sha256={sha256}";
}
