metadata description = 'Where logs and traces go: Application Insights on a Log Analytics workspace, written with managed identities only.'

@description('The region.')
@minLength(3)
param location string

@description('Written on every resource.')
param tags { *: string }

@description('Name of the Log Analytics workspace.')
@minLength(4)
@maxLength(63)
param workspaceName string

@description('Name of the Application Insights resource.')
@minLength(1)
@maxLength(260)
param insightsName string

@description('Days that everything is kept.')
@minValue(30)
@maxValue(730)
param retentionDays int

@description('GiB taken in a day.')
@minValue(1)
@maxValue(1000)
param dailyCapGiB int

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    workspaceCapping: { dailyQuotaGb: dailyCapGiB }
    features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: insightsName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    IngestionMode: 'LogAnalytics'
    // The connection string alone lets nobody write; it is an address, not a secret.
    DisableLocalAuth: true
  }
}

@description('Id of the Application Insights resource.')
output insightsId string = insights.id
