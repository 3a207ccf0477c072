using System.Text;
using Trainyard.Manifests.Experiments;
using Trainyard.Manifests.Experiments.Model;

namespace Trainyard.Manifests.Tests;

public sealed class ExperimentReadingTests
{
    // As it was documented, with a data store, which each experiment here has.
    private const string Documented = """
        settings:
          name: Experiment1
          description: This is a sample experiment
          author:
            name: Bob Smith
            email: bobsmith@example.com
        training_references:
        - name: model1
          training_definition_url: https://service.example.com/v3/ml_assets/training_definitions/5b21ea03-0936-4829-a96c-946638e84d6d
          command: python3 train.py --trainImagesFile ${DATA_DIR}/train.gz
            --learningRate 0.001
          compute_configuration:
            name: k80
          hyper_parameters_optimization:
            method:
              name: random
              parameters:
              - name: objective
                string_value: accuracy
              - name: maximize_or_minimize
                string_value: maximize
              - name: num_optimizer_steps
                int_value: 4
            hyper_parameters:
            - name: learning_rate
              double_range:
                min_value: 0.005
                max_value: 0.01
                step: 0.001
            - name: fc
              int_range:
                min_value: 5
                max_value: 10
                power: 2
            - name: momentum
              double_values: [0.8, 0.9]
            - name: layers
              int_values: [1, 2]
            - name: optimizer
              string_values: [sgd, adam]
        training_data_reference:
          name: data
          type: s3
          connection:
            endpoint_url: https://s3.example.com
            access_key_id: A
            secret_access_key: B
          source:
            bucket: training-data
        training_results_reference:
          name: results
          type: s3
          connection:
            endpoint_url: https://s3.example.com
            access_key_id: A
            secret_access_key: B
          target:
            bucket: training-results
        """;

    [Fact]
    public void The_documented_experiment_means_what_it_meant()
    {
        var manifest = Valid(Documented);

        Assert.Equal("Experiment1", manifest.Name);
        Assert.Equal("bobsmith@example.com", manifest.Author!.Email);
        var reference = Assert.Single(manifest.References);
        Assert.Equal(Guid.Parse("5b21ea03-0936-4829-a96c-946638e84d6d"), reference.DefinitionId);
        Assert.Equal("python3 train.py --trainImagesFile ${DATA_DIR}/train.gz --learningRate 0.001", reference.Command);
        Assert.Equal("k80", reference.Compute.Name);
        var search = reference.Search!;
        Assert.Equal(("random", "accuracy", true, 4), (search.Method, search.Objective, search.Maximize, search.Steps));
        Assert.Equal(new HyperParameterRange(0.005, 0.01, 0.001), search.Parameters[0].Range);
        Assert.Equal(new HyperParameterRange(5, 10, Power: 2), search.Parameters[1].Range);
        Assert.Equal(["0.8", "0.9"], search.Parameters[2].Values!);
        Assert.Equal(HyperParameterKind.Int, search.Parameters[3].Kind);
        Assert.Equal(["sgd", "adam"], search.Parameters[4].Values!);
        Assert.Equal("training-results", manifest.TrainingResults.Bucket);
    }

    [Fact]
    public void What_goes_beyond_it_is_read_too()
    {
        var search = Valid(
            WithParameters(
                """
                {name: parallelism, int_value: 8}
                {name: max_gpu_hours, double_value: 1.5}
                {name: max_hours, double_value: 3}
                {name: seed, int_value: 42}
                {name: early_stopping, string_value: asha}
                {name: min_steps, int_value: 5}
                {name: reduction_factor, int_value: 4}
                {name: filename, string_value: val_dict_list.json}
                """
            )
        )
            .References[0]
            .Search!;

        Assert.Equal((8, 1.5, 3, 42), (search.Parallelism, search.MaxGpuHours, search.MaxHours, search.Seed));
        Assert.Equal(new HalvingSettings(5, 4), search.Halving);
    }

    [Fact]
    public void Asha_is_random_with_early_stopping_and_a_grid_knows_its_size()
    {
        var asha = Valid(Documented.Replace("name: random", "name: asha")).References[0].Search!;
        var grid = Valid(
            Documented.Replace("name: random", "name: grid").Replace(Lines("- name: num_optimizer_steps", 2), "")
        )
            .References[0]
            .Search!;

        Assert.Equal(("random", new HalvingSettings(1, 3)), (asha.Method, asha.Halving));
        Assert.Equal(6 * 6 * 2 * 2 * 2, grid.Steps);
    }

    [Theory]
    [InlineData(
        "objective",
        "object",
        "unknown_key",
        "training_references[0].hyper_parameters_optimization.method.parameters[0].name"
    )]
    [InlineData(
        "name: random",
        "name: bayes",
        "not_allowed",
        "training_references[0].hyper_parameters_optimization.method.name"
    )]
    [InlineData(
        "string_value: maximize",
        "string_value: best",
        "not_allowed",
        "training_references[0].hyper_parameters_optimization.method.parameters[1].string_value"
    )]
    [InlineData(
        "int_value: 4",
        "int_value: 0",
        "out_of_range",
        "training_references[0].hyper_parameters_optimization.method.parameters[2].int_value"
    )]
    [InlineData(
        "int_value: 4",
        "int_value: 1001",
        "out_of_range",
        "training_references[0].hyper_parameters_optimization.method.parameters[2].int_value"
    )]
    [InlineData(
        "step: 0.001",
        "range: 0.001",
        "unknown_key",
        "training_references[0].hyper_parameters_optimization.hyper_parameters[0].double_range.range"
    )]
    [InlineData(
        "step: 0.001",
        "step: 0",
        "out_of_range",
        "training_references[0].hyper_parameters_optimization.hyper_parameters[0].double_range.step"
    )]
    [InlineData(
        "max_value: 0.01",
        "max_value: 0.001",
        "out_of_range",
        "training_references[0].hyper_parameters_optimization.hyper_parameters[0].double_range.max_value"
    )]
    [InlineData(
        "max_value: 0.01",
        "max_value: much",
        "not_a_number",
        "training_references[0].hyper_parameters_optimization.hyper_parameters[0].double_range.max_value"
    )]
    [InlineData(
        "min_value: 5",
        "min_value: 5.5",
        "not_a_number",
        "training_references[0].hyper_parameters_optimization.hyper_parameters[1].int_range.min_value"
    )]
    [InlineData(
        "max_value: 10",
        "max_value: 60",
        "out_of_range",
        "training_references[0].hyper_parameters_optimization.hyper_parameters[1].int_range.power"
    )]
    [InlineData(
        "name: fc",
        "name: learning_rate",
        "same_thing_twice",
        "training_references[0].hyper_parameters_optimization.hyper_parameters[1].name"
    )]
    [InlineData(
        "int_values: [1, 2]",
        "int_values: []",
        "required",
        "training_references[0].hyper_parameters_optimization.hyper_parameters[3].int_values"
    )]
    [InlineData(
        "int_values: [1, 2]",
        "int_values: [1, x]",
        "not_a_number",
        "training_references[0].hyper_parameters_optimization.hyper_parameters[3].int_values[1]"
    )]
    [InlineData(
        "training_definitions/5b21",
        "training_definitions/zz21",
        "not_an_address",
        "training_references[0].training_definition_url"
    )]
    [InlineData("  description:", "  descriptoin:", "unknown_key", "settings.descriptoin")]
    [InlineData("settings:", "notify: {}\nsettings:", "unknown_key", "notify")]
    public void What_is_wrong_is_told_at_its_place(string right, string wrong, string code, string path)
    {
        var text = Documented.Replace(right, wrong);

        var errors = Parse(text).Errors;

        Assert.Contains(errors, e => e.Code == code && e.Path == path);
        Assert.All(errors, e => Assert.InRange(e.Line, 1, text.Split('\n').Length));
    }

    [Fact]
    public void A_missing_data_store_says_what_to_write()
    {
        var text =
            Documented[..Documented.IndexOf("training_data_reference", StringComparison.Ordinal)]
            + Documented[Documented.IndexOf("training_results_reference", StringComparison.Ordinal)..];

        var error = Assert.Single(Parse(text).Errors);

        Assert.Equal(("required", "training_data_reference"), (error.Code, error.Path));
    }

    [Fact]
    public void Early_stopping_s_numbers_without_it_are_refused() =>
        Assert.Contains(
            Parse(WithParameters("{name: min_steps, int_value: 5}")).Errors,
            e => e.Code == "not_allowed" && e.Message.Contains("early_stopping")
        );

    [Fact]
    public void A_parameter_without_effect_is_warned_of() =>
        Assert.Contains(
            Parse(WithParameters("{name: time_interval, string_value: epoch}")).Warnings,
            w => w.Code == "ignored_key"
        );

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("- a")]
    [InlineData("{training_references: {}}")]
    [InlineData("{training_references: [null, [], 1]}")]
    [InlineData("training_references: [{hyper_parameters_optimization: {method: [], hyper_parameters: {}}}]")]
    [InlineData(
        "training_references: [{hyper_parameters_optimization: {method: {parameters: [1, {name: []}]}, hyper_parameters: [1, {name: a, int_range: 5}]}}]"
    )]
    [InlineData("model_definition: {}")]
    public void No_text_is_more_than_refused(string text) => Assert.NotEmpty(Parse(text).Errors);

    [Fact]
    public void A_training_run_s_manifest_is_told_from_an_experiment()
    {
        var error = Assert.Single(Parse("model_definition:\n  name: x").Errors);

        Assert.Equal("not_an_experiment", error.Code);
        Assert.True(ExperimentParser.IsMeantBy(Encoding.UTF8.GetBytes(Documented)));
        Assert.False(ExperimentParser.IsMeantBy("model_definition: {}"u8));
    }

    private static string WithParameters(string lines)
    {
        var entries = string.Concat(lines.Split('\n').Select(line => $"      - {line.Trim()}\n"));
        var at = Documented.IndexOf("    hyper_parameters:\n", StringComparison.Ordinal);
        return Documented.Insert(at, entries);
    }

    // So many lines from the one with the text.
    private static string Lines(string first, int count)
    {
        var at = Documented.LastIndexOf('\n', Documented.IndexOf(first, StringComparison.Ordinal)) + 1;
        return string.Join('\n', Documented[at..].Split('\n').Take(count)) + "\n";
    }

    private static ExperimentManifest Valid(string text)
    {
        var result = Parse(text);
        Assert.Empty(result.Errors);
        return result.Manifest!;
    }

    private static ExperimentParseResult Parse(string text) => ExperimentParser.Parse(Encoding.UTF8.GetBytes(text));
}
