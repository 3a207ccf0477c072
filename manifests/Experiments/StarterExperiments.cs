namespace Trainyard.Manifests.Experiments;

/// <summary>The files that <c>bx ml generate-manifest</c> writes for experiments: commented, and valid as they are.</summary>
public static class StarterExperiments
{
    public const string DefinitionFile = "training-definitions.yml";

    public const string ExperimentFile = "experiments.yml";

    public const string Definition = """
        # A training definition: what to run, stored once and named by many runs. Store it with the model's code:
        #   bx ml store training-definitions MODEL_FOLDER_OR_ZIP training-definitions.yml

        name: my-definition
        description: What it trains
        framework:
          # `bx ml list frameworks` shows what is offered. Versions are text: keep the quotes.
          name: python
          version: "3"
        # Runs in a shell, in the folder with the model's code. A search's run finds its hyperparameters in config.json.
        command: python3 train.py

        """;

    public const string Experiment = """
        # An experiment: training definitions, each trained once or as a search for hyperparameters.
        #   bx ml store experiments experiments.yml
        #   bx ml experiments run EXPERIMENT-ID
        # Every key, method and default: docs/experiments.md

        settings:
          name: my-experiment
          description: What it is about
        training_references:
        - name: my-model
          # As `bx ml store training-definitions` prints it.
          training_definition_url: http://127.0.0.1:7071/v3/ml_assets/training_definitions/00000000-0000-0000-0000-000000000000
          compute_configuration:
            gpus: 0
            cpus: 1
            memory: 1 GB
          # Leave this out for one training run.
          hyper_parameters_optimization:
            method:
              name: rbfopt # or random, grid, tpe, gp, asha
              parameters:
              - name: objective
                string_value: accuracy
              - name: maximize_or_minimize
                string_value: maximize
              - name: num_optimizer_steps
                int_value: 10
            hyper_parameters:
            - name: learning_rate
              double_range:
                # 10 to the power of -5 to -1.
                min_value: -5
                max_value: -1
                power: 10

        # Type `file` is a folder of the service's own machine.
        training_data_reference:
          type: file
          source:
            bucket: data
        training_results_reference:
          type: file
          target:
            bucket: results

        """;
}
