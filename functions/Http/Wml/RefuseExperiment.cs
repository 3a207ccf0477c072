using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http.Wml;

/// <summary>POST /v3/experiments: says what to send instead.</summary>
public sealed class RefuseExperiment
{
    [Function("WmlCreateExperiment")]
    public IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Experiments)] HttpRequest request
    ) =>
        Problems.Of(
            StatusCodes.Status400BadRequest,
            "experiments_not_offered",
            "Experiments and searches for hyperparameters are not offered: send POST /v3/models for each training reference, "
                + "with its training_definition_url as model_definition.definition_href."
        );
}
