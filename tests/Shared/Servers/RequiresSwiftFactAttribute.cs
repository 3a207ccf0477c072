using Xunit;

namespace Trainyard.Tests.Shared.Servers;

/// <summary>A test on a real <see cref="SwiftServer"/>: reported as skipped, with the reason, where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresSwiftFactAttribute : FactAttribute
{
    public RequiresSwiftFactAttribute() => Skip = SwiftServer.Missing;
}
