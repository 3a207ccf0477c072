using Trainyard.Contracts.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.Tests.ObjectStores;

public sealed class StoreReasonsTests
{
    [Fact]
    public async Task Every_reason_of_a_store_is_in_the_documentation_with_its_fault()
    {
        var page = await File.ReadAllLinesAsync(Path.Combine(Root(), "docs", "lifecycle.md"));

        foreach (var failure in Enum.GetValues<ObjectStoreFailure>())
        {
            foreach (var side in new[] { "data", "results" })
            {
                var reason = ObjectStoreReasons.Of(new ObjectStoreException(failure, "words"), side);
                var line = Assert.Single(
                    page,
                    line => line.StartsWith('|') && FirstCell(line).Contains($"`{reason.Code}`")
                );
                Assert.Equal(reason.Fault == Fault.User ? "user" : "system", line.Split('|')[2].Trim());
            }
        }
    }

    private static string FirstCell(string line) => line.Split('|')[1];

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Functions.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }
        return folder;
    }
}
