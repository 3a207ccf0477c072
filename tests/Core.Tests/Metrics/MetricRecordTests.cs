using System.Text;
using Trainyard.Core.Metrics;

namespace Trainyard.Core.Tests.Metrics;

public sealed class MetricRecordTests
{
    [Theory]
    [InlineData("""{"type":3,"value":"0.5"}""", "FLOAT", "0.5")]
    [InlineData("""{"type":2,"value":7}""", "INT", "7")]
    [InlineData("""{"type":0,"value":"a"}""", "STRING", "a")]
    [InlineData("""{"type":1,"value":"{}"}""", "JSONSTRING", "{}")]
    [InlineData("""{"type":"FLOAT","value":"nan"}""", "FLOAT", "nan")]
    [InlineData("""{"type":9,"value":"a"}""", "STRING", "a")]
    [InlineData("""{"type":1e99,"value":"a"}""", "STRING", "a")]
    [InlineData("""{"value":"a"}""", "STRING", "a")]
    [InlineData("{}", "STRING", "")]
    [InlineData("0.25", "FLOAT", "0.25")]
    [InlineData("3", "INT", "3")]
    public void A_value_has_its_type_s_name_and_a_text(string json, string type, string text)
    {
        var value = Parse($$$"""{"values":{"v":{{{json}}}}}""")!.Values["v"];
        Assert.Equal((type, text), (value.Type, value.Text));
    }

    [Theory]
    [InlineData("1512345678000", 1512345678000)]
    [InlineData("\"1512345678000\"", 1512345678000)]
    [InlineData("1512345678000.5", 1512345678000)]
    [InlineData("1720000000000000000", null)]
    [InlineData("-1", null)]
    [InlineData("\"2017-12-04T00:01:18Z\"", 1512345678000)]
    [InlineData("\"2017-12-04 01:01:18+01:00\"", 1512345678000)]
    [InlineData("\"1601-01-01\"", null)]
    [InlineData("\"x\"", null)]
    [InlineData("{}", null)]
    public void A_time_is_milliseconds_or_nothing(string time, long? expected) =>
        Assert.Equal(expected, Parse($$$"""{"meta":{"time":{{{time}}}}}""")!.TimeMs);

    [Theory]
    [InlineData("")]
    [InlineData("oops")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("""{"values":{"loss":NaN}""")]
    public void What_is_no_record_is_none(string line) => Assert.Null(Parse(line));

    [Theory]
    [InlineData("""{"iteration":{"type":2,"value":"12"},"epoch":{"type":2,"value":"1"}}""", 12)]
    [InlineData("""{"epoch":{"type":2,"value":"3"}}""", 3)]
    [InlineData("""{"iteration":{"type":3,"value":"1e300"}}""", 0)]
    [InlineData("{}", 0)]
    public void The_iteration_is_the_first_counter_there_is(string etimes, long expected) =>
        Assert.Equal(expected, Parse($$"""{"etimes":{{etimes}}}""")!.Iteration);

    [Theory]
    [InlineData("NaN")]
    [InlineData("-Infinity")]
    public void A_number_that_JSON_has_no_word_for_is_kept_as_text(string number)
    {
        var value = Parse($$$"""{"values":{"loss":{"value":{{{number}}}, "type":3} } }""")!.Values["loss"];
        Assert.Equal(("FLOAT", number, null), (value.Type, value.Text, value.Number));
    }

    private static MetricRecord? Parse(string line) =>
        MetricRecord.TryParse(Encoding.UTF8.GetBytes(line), out var record) ? record : null;
}
