using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Trainyard.Manifests.Archives;

namespace Trainyard.Manifests.Tests.Archives;

public sealed class WidestLimitTests
{
    public static TheoryData<string> Limits =>
        [.. typeof(ArchiveLimits).GetProperties().Where(p => p.CanWrite).Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Limits))]
    public void Are_the_ends_of_the_ranges_that_an_operator_has(string limit)
    {
        var property = typeof(ArchiveLimits).GetProperty(limit)!;
        var range = property.GetCustomAttribute<RangeAttribute>()!;

        var end = Convert.ToInt64(range.Maximum, CultureInfo.InvariantCulture);

        Assert.Equal(end, Convert.ToInt64(property.GetValue(ArchiveLimits.Widest), CultureInfo.InvariantCulture));
    }
}
