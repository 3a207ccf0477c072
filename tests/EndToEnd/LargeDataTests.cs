using System.Security.Cryptography;
using Trainyard.Contracts.Runs;
using Trainyard.EndToEnd.Harness;

namespace Trainyard.EndToEnd;

/// <summary>Data that the service hands on itself, in pieces.</summary>
public sealed class LargeDataTests : IAsyncLifetime
{
    private readonly Model _model = new();
    private Service? _service;

    public async Task InitializeAsync() => _service = await Service.Start();

    public async Task DisposeAsync()
    {
        await _service!.DisposeAsync();
        _model.Dispose();
    }

    [Fact]
    public async Task A_large_file_of_the_service_comes_to_the_node_whole()
    {
        var content = RandomNumberGenerator.GetBytes((70 << 20) + 7);
        await File.WriteAllBytesAsync(Path.Combine(_service!.Bucket("data"), "large.bin"), content);
        _service.Bucket("results");

        var id = await _service.Bx.Train(
            _model.Folder,
            _model.Manifest("sha256sum < $DATA_DIR/large.bin > $RESULT_DIR/model/sum.txt")
        );
        var run = await _service.WaitForEnd(id);

        Assert.True(run.Entity.Status.State is RunState.Completed, run.Entity.Status.Message);
        var sum = await File.ReadAllTextAsync(Path.Combine(_service.Bucket("results"), id, "model", "sum.txt"));
        Assert.StartsWith(Convert.ToHexStringLower(SHA256.HashData(content)), sum);
    }
}
