using System.Reflection;
using Microsoft.DurableTask;

namespace Trainyard.Runtime.Tests.ApiGuard;

/// <summary>
/// Holds runtime/Api to the real packages. The lists beside this file hold the real packages' public signatures, for
/// the types that runtime/Api offers; each list's first lines name the package and version it was read from.
/// </summary>
/// <remarks>
/// A list has the form that <see cref="PublicApi"/> gives: one line for a type, one for each member; lines that begin
/// with # are comments. A list is made by building the real package's tagged source and printing
/// <see cref="PublicApi.Of(Assembly)"/> of it; never from runtime/Api.
/// </remarks>
public sealed class ApiGuardTests
{
    // What composes a functions app has the real packages' names too, and stands with our host.
    private static readonly Assembly[] Offering =
    [
        typeof(TaskName).Assembly,
        typeof(Microsoft.Azure.Functions.Worker.Builder.FunctionsApplication).Assembly,
    ];

    [Theory]
    [InlineData("Microsoft.DurableTask")]
    [InlineData("DurableTask.Core")]
    [InlineData("Microsoft.Azure.Functions.Worker")]
    [InlineData("Microsoft.Extensions.Hosting")]
    public void Everything_offered_is_what_the_real_packages_offer(string area)
    {
        var real = Lists().SelectMany(File.ReadLines).Where(line => !line.StartsWith('#')).ToHashSet();
        var offered = Offering
            .SelectMany(assembly => assembly.GetExportedTypes())
            .Where(type => IsIn(type, area))
            .SelectMany(PublicApi.Of);

        var invented = offered.Where(line => !real.Contains(line)).ToList();

        Assert.True(invented.Count == 0, "Not in the real packages:\n" + string.Join('\n', invented));
    }

    [Fact]
    public void Nothing_else_is_public() =>
        Assert.All(
            Offering.SelectMany(assembly => assembly.GetExportedTypes()),
            type => Assert.True(IsIn(type, "Microsoft") || IsIn(type, "DurableTask"), type.FullName)
        );

    [Fact]
    public void Every_list_says_which_package_and_version_it_was_read_from() =>
        Assert.All(Lists(), list => Assert.Matches(@"^# Package: \S+ \d+\.\d+\.\d+", File.ReadLines(list).First()));

    private static string[] Lists() => Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "ApiGuard"), "*.txt");

    private static bool IsIn(Type type, string area) =>
        type.Namespace == area || type.Namespace!.StartsWith(area + ".", StringComparison.Ordinal);
}
