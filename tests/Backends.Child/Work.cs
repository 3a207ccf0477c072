using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Child;

/// <summary>Endless works, each a line of stdout per acknowledged write.</summary>
internal sealed class Work(IServiceProvider services)
{
    private readonly IBlobStore _blobs = services.GetRequiredService<IBlobStore>();

    /// <summary>Blobs of many sizes, each under a name of its own and all in turn under one name.</summary>
    public async Task PutAsync()
    {
        for (var number = await CountAsync("put/"); ; number++)
        {
            await PutAsync($"put/{number:D6}", number);
            await PutAsync("same", number);
            Console.WriteLine(number);
        }
    }

    /// <summary>Numbered lines at the end of one blob.</summary>
    public async Task AppendAsync()
    {
        var log = BlobName.Parse("log");
        for (var length = (await _blobs.FindAsync(log, default))?.Bytes ?? 0; ; )
        {
            var answer = await _blobs.AppendAsync(log, length, Encoding.ASCII.GetBytes($"{length:D19}\n"), default);
            if (!answer.Written)
            {
                throw new InvalidOperationException("The only writer was refused.");
            }
            length = answer.Length;
            Console.WriteLine(length);
        }
    }

    /// <summary>One record, counted up.</summary>
    public async Task UpdateAsync()
    {
        var store = services.GetRequiredService<IRunStore>();
        var run = SampleRuns.New(id: RunId.FromSeed("updates"u8));
        await store.CreateAsync(run, default);
        while (true)
        {
            var changed = await store.ChangeAsync(run.Id, r => r with { Attempt = r.Attempt + 1 }, default);
            Console.WriteLine(changed!.Attempt);
        }
    }

    /// <summary>Objects of a file store.</summary>
    public async Task WritePartsAsync()
    {
        var factory = services.GetRequiredService<IObjectStoreFactory>();
        var reference = new DataStoreReference { Type = DataStoreType.File, Bucket = "results" };
        await using var store = factory.Open(reference, StoreCredentials.None, Owner.Parse("admin"));
        for (var number = 0; ; number++)
        {
            var content = Contents.Of(number);
            var upload = await store.BeginUploadAsync("results", $"{number:D6}", content.Length, default);
            using var stream = new MemoryStream(content);
            var receipt = await store.WritePartAsync(upload, 0, stream, content.Length, default);
            await store.CompleteUploadAsync(upload, [receipt], default);
            Console.WriteLine(number);
        }
    }

    private async Task PutAsync(string name, int number)
    {
        using var content = new MemoryStream(Contents.Of(number));
        await _blobs.PutAsync(BlobName.Parse(name), content, expectedSha256: null, default);
    }

    private async Task<int> CountAsync(string prefix)
    {
        var count = 0;
        await foreach (var _ in _blobs.ListAsync(prefix, default))
        {
            count++;
        }
        return count;
    }
}
