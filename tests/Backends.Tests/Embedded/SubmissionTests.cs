using Microsoft.AspNetCore.DataProtection;
using Trainyard.Backends.Secrets;
using Trainyard.Backends.Tests.Contracts;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.Tests.Embedded;

public sealed class SubmissionTests : SubmissionContract
{
    private readonly EmbeddedHome _home = new();
    private readonly FileSecretStore _secrets;

    public SubmissionTests() => _secrets = new(_home.Folder, new EphemeralDataProtectionProvider());

    protected override IRunStore Runs => _home.Runs;

    protected override IBlobStore Blobs => _home.Blobs;

    protected override ISecretStore Secrets => _secrets;

    protected override IDispatchQueue Queue => _home.Queue;

    public override Task DisposeAsync()
    {
        _home.Dispose();
        return Task.CompletedTask;
    }

    protected override Task<int> CountSecretsAsync()
    {
        var folder = Path.Combine(_home.Folder.Secrets, "runs");
        return Task.FromResult(Directory.Exists(folder) ? Directory.GetFiles(folder).Length : 0);
    }
}
