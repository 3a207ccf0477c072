metadata description = 'What wakes somebody up: the service does not answer, or it answers with errors of its own.'

@description('The region.')
@minLength(3)
param location string

@description('Written on every resource.')
param tags { *: string }

@description('Begins the names.')
@minLength(3)
@maxLength(10)
param namePrefix string

@description('Who is told.')
@minLength(6)
@maxLength(254)
param email string

@description('The Application Insights resource.')
@minLength(1)
param insightsId string

@description('The function app.')
@minLength(1)
param appId string

@description('The service\'s address.')
@minLength(9)
param serviceUrl string

resource operators 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: '${namePrefix}-operators'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'trainyard'
    enabled: true
    emailReceivers: [{ name: 'operators', emailAddress: email, useCommonAlertSchema: true }]
  }
}

resource health 'Microsoft.Insights/webtests@2022-06-15' = {
  name: '${namePrefix}-health'
  location: location
  // The link is how Application Insights finds its tests.
  tags: union(tags, { 'hidden-link:${insightsId}': 'Resource' })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: '${namePrefix}-health'
    Name: '${namePrefix}-health'
    Kind: 'standard'
    Enabled: true
    Frequency: 300
    Timeout: 30
    RetryEnabled: true
    Locations: [{ Id: 'emea-nl-ams-azr' }, { Id: 'us-va-ash-azr' }, { Id: 'apac-sg-sin-azr' }]
    Request: {
      RequestUrl: '${serviceUrl}/health'
      HttpVerb: 'GET'
      FollowRedirects: false
      ParseDependentRequests: false
    }
    ValidationRules: { ExpectedHttpStatusCode: 200, SSLCheck: true, SSLCertRemainingLifetimeCheck: 7 }
  }
}

resource unreachable 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${namePrefix}-unreachable'
  location: 'global'
  tags: tags
  properties: {
    description: 'GET /health fails from two places: the service is down or cannot read its records.'
    severity: 1
    enabled: true
    scopes: [health.id, insightsId]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: health.id
      componentId: insightsId
      failedLocationCount: 2
    }
    actions: [{ actionGroupId: operators.id }]
  }
}

resource errors 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${namePrefix}-errors'
  location: 'global'
  tags: tags
  properties: {
    description: 'More than ten answers with a status of 500 or above in five minutes.'
    severity: 2
    enabled: true
    scopes: [appId]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'errors'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.Web/sites'
          metricName: 'Http5xx'
          operator: 'GreaterThan'
          threshold: 10
          timeAggregation: 'Total'
        }
      ]
    }
    actions: [{ actionGroupId: operators.id }]
  }
}
