using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Stores;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Orchestrations.Tests.BadLines;

/// <summary>The storing of one run, as its orchestration does it, with what its seed does to it.</summary>
internal sealed class BadRun(int seed)
{
    private const int Parallel = 4;
    private const int MostTries = 60;

    private readonly Random _random = new(seed);
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Dictionary<string, byte[]> _files = [];
    private int _kills;
    private int _tries;
    private bool _isCanceled;
    private string _what = "";

    /// <param name="bucket">Where to; files of the host when null.</param>
    /// <param name="line">The line to it.</param>
    public async Task StoreAsync(Bucket? bucket, FaultyLine? line)
    {
        await using var host = await StoringHost.StartAsync(bucket?.Reference, bucket?.Credentials);
        _isCanceled = _random.NextDouble() < 0.3;
        foreach (var (path, bytes) in Files())
        {
            _files[path] = RandomNumberGenerator.GetBytes(bytes);
            if (!path.StartsWith("straight", StringComparison.Ordinal) || !await TryUploadAsync(host, path))
            {
                await host.StageAsync(path, _files[path]);
            }
        }
        var units = 0;
        await RepeatAsync(async token => units = await host.PlanAsync(cancellationToken: token));
        var stored = _isCanceled ? _random.Next(units) : units;
        await System.Threading.Tasks.Parallel.ForEachAsync(
            Enumerable.Range(0, stored),
            new ParallelOptions { MaxDegreeOfParallelism = Parallel },
            async (unit, _) => await RepeatAsync(async token => Assert.Null(await host.StoreAsync(unit, token)))
        );
        if (!_isCanceled)
        {
            await RepeatAsync(async token => Assert.Null(await host.CompleteAsync(token)));
        }
        _what = $"{units} units, {line?.Faults} faults";
        line?.IsFaulty = false;
        await EndAsync(host);

        Assert.True((await LeftOversAsync(host, bucket)).Count == 0, $"{this}: {await TellAsync(host, bucket)}");
        if (!_isCanceled)
        {
            await CheckAsync(host);
        }
    }

    public override string ToString() =>
        $"seed {seed}: {(_isCanceled ? "canceled" : "stored")}, {_what}, {_kills} kills, {_tries} tries, {_watch.Elapsed.TotalSeconds:0.0} s";

    private IEnumerable<(string Path, int Bytes)> Files()
    {
        for (var i = 0; i < 10; i++)
        {
            yield return ($"small/ä {i}+%#.txt", Next(0, 100_000));
        }
        yield return ("large.bin", StoringHost.PartBytes + Next(1, StoringHost.PartBytes));
        yield return ("straight.bin", StoringHost.PartBytes + Next(1, StoringHost.PartBytes));
    }

    private int Next(int from, int to)
    {
        lock (_random)
        {
            return _random.Next(from, to);
        }
    }

    // As often as a policy of the orchestrator would, with nothing in between; some tries are killed on their way.
    private async Task RepeatAsync(Func<CancellationToken, Task> step)
    {
        for (var tries = 1; ; tries++)
        {
            using var kill = new CancellationTokenSource();
            if (Next(0, 4) == 0 && tries < MostTries / 2)
            {
                Interlocked.Increment(ref _kills);
                kill.CancelAfter(Next(1, 200));
            }
            try
            {
                Interlocked.Increment(ref _tries);
                await step(kill.Token);
                return;
            }
            catch (Exception e) when (tries < MostTries && e is not Xunit.Sdk.XunitException)
            {
                // Like the engine: tried again, whatever it was.
            }
        }
    }

    // As a node does, which has no credentials; one that does not come through stages the file.
    private async Task<bool> TryUploadAsync(StoringHost host, string path)
    {
        await using var store = host.OpenResults();
        if (store.PresignedUploads is not { } presigned)
        {
            return false;
        }
        var content = _files[path];
        try
        {
            var begun = await host.BucketUploads.BeginAsync(host.Record, 1, path, content.Length, presigned, default);
            var upload = begun!.Upload;
            var addresses = await presigned.PresignAsync(upload, 0, upload.Parts, TimeSpan.FromMinutes(5), default);
            var parts = new List<BucketPart>();
            for (var part = 0; part < upload.Parts; part++)
            {
                var bytes = content.AsMemory((int)(part * upload.PartBytes), (int)upload.LengthOf(part)).ToArray();
                parts.Add(await PutAsync(addresses[part], bytes));
            }
            var commit = new BucketUploadCommit
            {
                Path = path,
                Bytes = content.Length,
                Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)),
                Parts = parts,
            };
            return await host.BucketUploads.TryCommitAsync(host.Run, 1, commit, default);
        }
        catch (Exception e) when (e is HttpRequestException or ObjectStoreException)
        {
            return false;
        }
    }

    private async Task<BucketPart> PutAsync(Uri address, byte[] bytes)
    {
        var hash = CryptographicOperations.HashData(HashAlgorithmName.MD5, bytes);
        BucketPart? part = null;
        await RepeatAsync(async token =>
        {
            using var http = new HttpClient();
            using var body = new ByteArrayContent(bytes);
            body.Headers.ContentMD5 = hash;
            using var answer = await http.PutAsync(address, body, token);
            answer.EnsureSuccessStatusCode();
            part = new BucketPart(answer.Headers.ETag!.Tag.Trim('"'), Convert.ToHexStringLower(hash));
        });
        return part!;
    }

    private Task EndAsync(StoringHost host) =>
        _isCanceled ? host.FailAsync(unstored: true) : host.EndAsync(RunPhase.Completed);

    private static async Task<IReadOnlyList<string>> LeftOversAsync(StoringHost host, Bucket? bucket) =>
        bucket is null ? host.UnderWay : await bucket.LeftOversAsync();

    private static async Task<string> TellAsync(StoringHost host, Bucket? bucket) =>
        "left: " + string.Join(", ", (await LeftOversAsync(host, bucket)).Take(5));

    private async Task CheckAsync(StoringHost host)
    {
        await using var store = host.OpenResults();
        var bucket = host.Record.Manifest.TrainingResults.Bucket;
        foreach (var (path, content) in _files)
        {
            await using var read = await store.OpenReadAsync(bucket, $"{host.Run}/{path}", 0, null, default);
            var found = Convert.ToHexStringLower(await SHA256.HashDataAsync(read));
            Assert.True(Convert.ToHexStringLower(SHA256.HashData(content)) == found, $"{this}: '{path}' is another.");
        }
        await using var list = await store.OpenReadAsync(bucket, $"{host.Run}/_manifest.json", 0, null, default);
        var listed = (await JsonNode.ParseAsync(list))!["files"]!.AsArray();
        Assert.Equal(
            _files.ToDictionary(f => f.Key, f => Convert.ToHexStringLower(SHA256.HashData(f.Value))),
            listed
                .Where(f => (string)f!["path"]! != "_submitted_code/model.zip")
                .ToDictionary(f => (string)f!["path"]!, f => (string)f!["sha256"]!)
        );
    }
}
