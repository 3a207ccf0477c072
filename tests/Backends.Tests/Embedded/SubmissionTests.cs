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
    private readonly EmbeddedHome home = new();
    private readonly ProtectedSecretStore secrets;

    public SubmissionTests() => secrets = new(home.Folder, new EphemeralDataProtectionProvider());

    protected override IRunStore Runs => home.Runs;

    protected override IBlobStore Blobs => home.Blobs;

    protected override ISecretStore Secrets => secrets;

    protected override IDispatchQueue Queue => home.Queue;

    public override Task DisposeAsync()
    {
        home.Dispose();
        return Task.CompletedTask;
    }

    protected override Task<int> CountSecretsAsync()
    {
        var folder = Path.Combine(home.Folder.Secrets, "runs");
        return Task.FromResult(Directory.Exists(folder) ? Directory.GetFiles(folder).Length : 0);
    }
}
