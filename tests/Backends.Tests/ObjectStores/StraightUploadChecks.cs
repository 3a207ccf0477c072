using System.Security.Cryptography;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.Tests.ObjectStores;

/// <summary>What a node's uploads at addresses do on any store that has such addresses.</summary>
/// <param name="store">The store.</param>
/// <param name="bucket">An empty bucket.</param>
/// <param name="size">Of an object of several parts.</param>
/// <param name="leftOversAsync">What no object is made of.</param>
internal sealed class StraightUploadChecks(
    IObjectStore store,
    string bucket,
    long size,
    Func<Task<IReadOnlyList<string>>> leftOversAsync
)
{
    private readonly IPresignedUploads _presigned = store.PresignedUploads!;

    public async Task ShowsAndVerifiesWhatIsCompletedAsync()
    {
        const string key = "a b/+%#ü.bin";
        var content = RandomNumberGenerator.GetBytes((int)size);
        var upload = await _presigned.BeginAsync(bucket, key, size, default);

        var receipts = await NodeParts.PutAsync(_presigned, upload, content);
        Assert.Empty(await KeysAsync());
        var stored = await store.CompleteUploadAsync(upload, receipts, default);
        // Whoever died before the answer does it again.
        await store.CompleteUploadAsync(upload, receipts, default);

        Assert.Equal(size, stored!.Bytes);
        Assert.Equal([key], await KeysAsync());
        await using var read = await store.OpenReadAsync(bucket, key, 0, null, default);
        Assert.Equal(SHA256.HashData(content), await SHA256.HashDataAsync(read));
        Assert.Empty(await leftOversAsync());
    }

    public async Task GivesOneUpWithoutTheOthersOfItsKeyAsync()
    {
        var content = RandomNumberGenerator.GetBytes((int)size);
        var first = await _presigned.BeginAsync(bucket, "large", size, default);
        await NodeParts.PutAsync(_presigned, first, new byte[size]);
        var second = await _presigned.BeginAsync(bucket, "large", size, default);
        var receipts = await NodeParts.PutAsync(_presigned, second, content);

        await _presigned.GiveUpAsync(first, default);
        await _presigned.GiveUpAsync(first, default);
        await store.CompleteUploadAsync(second, receipts, default);

        Assert.NotEqual(first.UploadId, second.UploadId);
        await using var read = await store.OpenReadAsync(bucket, "large", 0, null, default);
        Assert.Equal(SHA256.HashData(content), await SHA256.HashDataAsync(read));
        Assert.Empty(await leftOversAsync());
    }

    public async Task LeavesNothingOfWhatIsGivenUpAsync()
    {
        var upload = await _presigned.BeginAsync(bucket, "large", size, default);
        await NodeParts.PutAsync(_presigned, upload, new byte[size]);
        Assert.NotEmpty(await leftOversAsync());
        await _presigned.GiveUpAsync(upload, default);
        Assert.Empty(await leftOversAsync());

        upload = await _presigned.BeginAsync(bucket, "large", size, default);
        await NodeParts.PutAsync(_presigned, upload, new byte[size]);
        await _presigned.GiveUpAllAsync(bucket, "large", default);
        Assert.Empty(await leftOversAsync());
        Assert.Empty(await KeysAsync());
    }

    public async Task RefusesAPartThatIsNotWhatItsMd5SaysAsync()
    {
        var upload = await _presigned.BeginAsync(bucket, "large", size, default);
        var address = (await _presigned.PresignAsync(upload, 1, 1, TimeSpan.FromMinutes(1), default))[0];

        using var answer = await NodeParts.PutAsync(_presigned, address, new byte[upload.PartBytes], md5Of: [1]);

        Assert.InRange((int)answer.StatusCode, 400, 422);
    }

    private async Task<IReadOnlyList<string>> KeysAsync() =>
        [.. (await store.ListAsync(bucket, "", null, 1000, default)).Objects.Select(o => o.Key)];
}
